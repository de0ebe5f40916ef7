import { QpannError } from '../../src/core/errors.js';
import { parseLabelNames, parseLabels, readLabels } from '../../src/data/index.js';
import { assert, test } from '../harness.js';

const imageNames = ['a.png', 'b c.jpg', 'd.jpeg'];
const parse = (text: string, offset = 0) =>
  parseLabels(text, 'labels.txt', { imageNames, classes: 10, offset });
const refuse = (text: string, message: RegExp, offset = 0) =>
  assert.throws(
    () => parse(text, offset),
    (error: unknown) => error instanceof QpannError && error.kind === 'input' && message.test(error.message),
  );

test('one integer per line', () => {
  assert.equal(parse('1\n2\n3'), [1, 2, 3]);
  assert.equal(parse('\uFEFF 0\r\n9 \r\n+3\r\n\r\n\n'), [0, 9, 3]);
});

test('the offset is added', () => {
  assert.equal(parse('0\n1\n8\n', 1), [1, 2, 9]);
  assert.equal(parse('1\n2\n10\n', -1), [0, 1, 9]);
});

test('pairs in any order, separated by white space or a comma', () => {
  assert.equal(parse('d.jpeg 3\nb c.jpg\t2\na.png, 1\n'), [1, 2, 3]);
  assert.equal(parse('\uFEFFa.png,1\r\nb c.jpg ,  2\r\nd.jpeg 3\r\n'), [1, 2, 3]);
});

test('errors name the file and the line', () => {
  refuse('1\n2', /^labels\.txt: 2 labels for 3 images/);
  refuse('', /0 labels for 3 images/);
  refuse('1\n2\n3\n4', /4 labels for 3 images/);
  refuse('1\nx\n3', /^labels\.txt, line 2: expected one integer, got 'x'/);
  refuse('1\n\n3', /line 2/);
  refuse('1\n2.5\n3', /line 2/);
  refuse('1\n2\n10', /line 3: label 10 is out of range; expected 0 to 9/);
  refuse('1\n2\n-1', /line 3: label -1/);
  refuse('1\n2\n9', /line 3: label 9 \+ offset 1 = 10 is out of range/, 1);
  refuse('a.png 1\nz.png 2\nd.jpeg 3', /line 2: there is no image 'z\.png'/);
  refuse('a.png 1\na.png 2\nd.jpeg 3', /line 2: 'a\.png' has a label already/);
  refuse('a.png 1\nd.jpeg 3', /image 'b c\.jpg' has no label/);
  refuse('a.png 1\n2\nd.jpeg 3', /line 2: expected a file name and an integer/);
  refuse('a.png 1\nb c.jpg 2\nd.jpeg 99', /line 3: label 99 is out of range/);
});

test('names of classes', () => {
  assert.equal(parseLabelNames('\uFEFFtench, Tinca tinca\r\ngoldfish\r\n\r\n'), [
    'tench, Tinca tinca',
    'goldfish',
  ]);
});

test('a missing file is an input error', async () => {
  const error = await readLabels('missing.txt', { imageNames, classes: 10, offset: 0 }).catch(
    (e: unknown) => e,
  );
  assert.instance(error, QpannError);
  assert.match((error as QpannError).message, /^missing\.txt: the file cannot be read/);
});
