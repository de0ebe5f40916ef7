import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QpannError } from '../../src/core/errors.js';
import {
  chooseCalibration,
  type ImageIndices,
  listImages,
  loadSample,
  openSamples,
  selectImages,
} from '../../src/data/index.js';
import { assert, test } from '../harness.js';
import { expected, fixture } from './fixtures.js';

const isInputError = (message: RegExp) => (error: unknown) =>
  error instanceof QpannError && error.kind === 'input' && message.test(error.message);

test('images are listed in code unit order, other files and folders left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qpann-'));
  try {
    for (const name of [
      'b.JPG',
      'a.png',
      '10.jpeg',
      '9.jpg',
      'B.PNG',
      'ä.png',
      'x.txt',
      '.hidden.png',
      'png',
    ]) {
      await writeFile(join(folder, name), '');
    }
    await mkdir(join(folder, 'folder.png'));
    assert.equal(await listImages(folder), ['10.jpeg', '9.jpg', 'B.PNG', 'a.png', 'b.JPG', 'ä.png']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a folder that is missing or holds no image is an input error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qpann-'));
  const empty: unknown = await listImages(folder).catch((error: unknown) => error);
  await rm(folder, { recursive: true });
  const missing: unknown = await listImages(folder).catch((error: unknown) => error);
  assert.ok(isInputError(/there is no image; expected \.png/)(empty));
  assert.ok(isInputError(/the image folder cannot be read/)(missing));
});

test('images are chosen by list, range or text', () => {
  assert.equal(selectImages([3, 0, 2], 0, 4), [3, 0, 2]);
  assert.equal(selectImages([4, 1], 1, 4), [3, 0]);
  assert.equal(selectImages({ start: 1, stop: 3 }, 0, 4), [1, 2]);
  assert.equal(selectImages({ start: 1, stop: 5 }, 1, 4), [0, 1, 2, 3]);
  assert.equal(selectImages('0-3', 0, 4), [0, 1, 2, 3]);
  assert.equal(selectImages('0-2, 5 ,7-8', 0, 9), [0, 1, 2, 5, 7, 8]);
  assert.equal(selectImages('9', 1, 9), [8]);
});

test('a choice that cannot be is an input error', () => {
  const refuse = (indices: ImageIndices, indexBase: 0 | 1, message: RegExp) =>
    assert.throws(() => selectImages(indices, indexBase, 4), isInputError(message));
  refuse([4], 0, /image_indices: 4 is out of range; expected integers from 0 to 3/);
  refuse([0], 1, /0 is out of range; expected integers from 1 to 4/);
  refuse([-1], 0, /out of range/);
  refuse([0.5], 0, /0\.5 is out of range/);
  refuse([Number.NaN], 0, /out of range/);
  refuse([1, 2, 1], 0, /1 is given twice/);
  refuse('0-2,2-3', 1, /0 is out of range/);
  refuse('1-2,2-3', 1, /2 is given twice/);
  refuse('0-99999999999', 0, /99999999999 is out of range/);
  refuse('3-1', 0, /the range 3 to 1 is empty/);
  refuse('', 0, /'' is no index or range/);
  refuse('1;2', 0, /'1;2' is no index/);
  refuse([], 0, /no image is chosen/);
  refuse({ start: 2, stop: 2 }, 0, /no image is chosen by start 2, stop 2/);
  refuse({ start: 0, stop: 5 }, 0, /4 is out of range/);
});

test('the choice for calibration depends on its arguments only', () => {
  assert.equal(chooseCalibration(20, 6, 42), [4, 5, 6, 14, 16, 19]);
  assert.equal(chooseCalibration(20, 6, 42), chooseCalibration(20, 6, 42));
  assert.not.equal(chooseCalibration(20, 6, 43), chooseCalibration(20, 6, 42));
  assert.equal(chooseCalibration(3, 10, 1), [0, 1, 2]);
  const chosen = chooseCalibration(1000, 500, 7);
  assert.is(new Set(chosen).size, 500);
  assert.ok(chosen.every((position, i) => position < 1000 && position > (chosen[i - 1] ?? -1)));
});

test('a sample is decoded, resized and normalized', async () => {
  const { file, width, height, rgb } = expected.decoded.find((c) => c.file === 'ycc-420.jpg')!;
  const values = await loadSample(fixture(file), [1, height, width, 3], {
    resize: 'nearest',
    cropFraction: null,
    normalization: { mode: 'none' },
  });
  assert.equal(values, Float32Array.from(Buffer.from(rgb, 'base64')));
});

test('a file that cannot be read is an input error that names it', async () => {
  const options = { resize: 'nearest', cropFraction: null, normalization: { mode: 'none' } } as const;
  const error: unknown = await loadSample('missing.png', [1, 2, 2, 3], options).catch((e: unknown) => e);
  assert.ok(isInputError(/^missing\.png: the image cannot be read/)(error));
});

test('a loader puts values where they are wanted', async () => {
  const options = { resize: 'bilinear', cropFraction: 0.875, normalization: { mode: 'torch' } } as const;
  const load = openSamples([1, 5, 6, 3], options);
  const values = new Float32Array(5 * 6 * 3);
  for (const file of ['ycc-420.jpg', 'rgb-8.png']) {
    assert.is(await load(fixture(file), values), values);
    assert.equal(values, await loadSample(fixture(file), [1, 5, 6, 3], options));
  }
});

test('timers and signals have their turn between images that are read one after the other', async () => {
  const options = { resize: 'nearest', cropFraction: null, normalization: { mode: 'none' } } as const;
  const load = openSamples([1, 2, 2, 3], options);
  await load(fixture('gray.jpg'));
  for (let i = 0; i < 3; i++) {
    let hadTurn = false;
    setImmediate(() => {
      hadTurn = true;
    });
    await load(fixture('gray.jpg'));
    assert.ok(hadTurn);
  }
});

test('a shape that is no image is refused before anything is read', () => {
  const options = { resize: 'nearest', cropFraction: null, normalization: { mode: 'none' } } as const;
  assert.throws(() => openSamples([1, 4], options), isInputError(/\[1, 4\]; expected an image/));
});
