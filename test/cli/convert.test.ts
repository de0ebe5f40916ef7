import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tensorOf } from '../../src/core/index.js';
import { encodeNpy } from '../../src/formats/npy.js';
import { importTflite } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { noisyValues } from '../networks.js';
import { IMAGES, networkFile, newFile, newPath, ROOT, refuse, succeed, TINY } from './qpann.js';

const MODEL = join(ROOT, 'fixtures/keras/sequential-keras2.h5');
const SHAPE = [4, 10, 10, 3];
const values = noisyValues(1, 1200);
const samples = newFile('x.npy', encodeNpy({ shape: SHAPE, data: values }));

const read = (path: string) => importTflite(readFileSync(path), path).graph;
const borders = (path: string): string[] => {
  const graph = read(path);
  return [...graph.inputs, ...graph.outputs].map((name) => tensorOf(graph, name).dtype);
};
const convert = async (...args: string[]): Promise<string> => {
  const out = newPath('model.tflite');
  await succeed('convert', MODEL, '--calibration', samples, '-o', out, ...args);
  return out;
};
/** Whether two files hold the same bytes. */
const same = (a: string, b: string): boolean => readFileSync(a).equals(readFileSync(b));
/** What is at and beside a path that was to be written. */
const leftovers = (out: string): string[] =>
  readdirSync(dirname(out)).filter((name) => name.startsWith(out.split('/').at(-1)!));

test('convert quantizes a Keras network and says what it wrote', async () => {
  const out = newPath('model.tflite');
  const text = await succeed('convert', MODEL, '--calibration', samples, '-o', out);
  const { length } = readFileSync(out);
  assert.match(
    text,
    `${out}: ${length} bytes, 9 operators (mul, add, conv_2d, max_pool_2d, reshape, 2 fully_connected, tanh, softmax)\n`,
  );
  assert.match(text, /\ninput \S+: int8 1×10×10×3, scale 0\.00\d+, zero point -?\d+\n/);
  assert.match(text, /\noutput \S+: int8 1×5, scale 0\.00390625, zero point -128\n/);
  assert.equal(borders(out), ['int8', 'int8']);
  assert.equal(leftovers(out), [out.split('/').at(-1)]);
  assert.ok(same(await convert(), out), 'the same command, the same bytes');
});

test('convert gives the borders and the widths that are asked for', async () => {
  assert.equal(borders(await convert('--io', 'float32')), ['float32', 'float32']);
  assert.equal(borders(await convert('--io', 'uint8')), ['uint8', 'uint8']);
  assert.equal(borders(await convert('--int16-activations')), ['int16', 'int16']);
  assert.equal(borders(await convert('--int16-activations', '--io', 'float32')), ['float32', 'float32']);
  const axes = (path: string) =>
    [...read(path).tensors.values()]
      .filter(({ data, dtype }) => data && dtype === 'int8')
      .map((t) => t.quantization!.axis);
  assert.ok(axes(await convert()).includes(0));
  assert.ok(axes(await convert('--per-tensor')).every((axis) => axis === null));
});

test('convert calibrates on the first samples of an array', async () => {
  const first = newFile('first.npy', encodeNpy({ shape: [1, 10, 10, 3], data: values.slice(0, 300) }));
  const out = newPath('model.tflite');
  await succeed('convert', MODEL, '--calibration', first, '-o', out);
  assert.ok(same(await convert('--samples', '1'), out));
  assert.not.ok(same(await convert('--samples', '2'), out));
  await convert('--samples', '99');
});

test('convert calibrates on a folder of images as eval does', async () => {
  const [out, again, direct] = [newPath('a.tflite'), newPath('b.tflite'), newPath('c.tflite')];
  const network = networkFile({ ...TINY, calibration_samples: IMAGES, preprocess: { mode: 'tf' } });
  await succeed('convert', '--network', network, '-o', out);
  await succeed('convert', MODEL, '--network', network, '--samples', '5', '-o', again);
  await succeed('convert', MODEL, '--calibration', IMAGES, '--samples', '5', '--mode', 'tf', '-o', direct);
  assert.ok(same(again, out));
  assert.ok(same(direct, out));
});

test('without calibration a float network is written in float32, and a .tflite as it is', async () => {
  const [float, quantized, again] = [newPath('f.tflite'), newPath('q.tflite'), newPath('a.tflite')];
  await succeed('convert', MODEL, '-o', float);
  assert.equal(borders(float), ['float32', 'float32']);
  await succeed('convert', float, '--calibration', samples, '-o', quantized);
  assert.ok(same(await convert(), quantized), 'from .h5 or from its float .tflite');
  for (const file of [float, quantized]) {
    await succeed('convert', file, '-o', again, '--force');
    assert.ok(same(again, file));
  }
});

test('a file is replaced with --force only', async () => {
  const out = newFile('model.tflite', 'mine');
  assert.match(await refuse(2, 'convert', MODEL, '-o', out), 'exists already');
  assert.is(readFileSync(out, 'utf8'), 'mine');
  await succeed('convert', MODEL, '-o', out, '--force');
  assert.equal(borders(out), ['float32', 'float32']);
});

const array = (shape: readonly number[], data: Float32Array): string =>
  newFile('c.npy', encodeNpy({ shape, data }));
const emptyFolder = newPath('empty');
mkdirSync(emptyFolder);
const badImages = newPath('images');
mkdirSync(badImages);
writeFileSync(join(badImages, 'a.png'), 'no image');
const quantized = join(ROOT, 'fixtures/tflite/dense-int8.tflite');
const twoInputs = join(ROOT, 'fixtures/keras/bad-multi_input-keras2.h5');

const REFUSED: readonly (readonly [what: string, args: readonly string[], ...words: (string | RegExp)[]])[] =
  [
    ['an empty folder', [MODEL, '--calibration', emptyFolder], emptyFolder, 'there is no image'],
    ['a missing folder', [MODEL, '--calibration', 'nowhere'], 'nowhere', 'cannot be read'],
    ['a missing array', [MODEL, '--calibration', 'nowhere.npy'], 'nowhere.npy', 'cannot be read'],
    ['an image that is none', [MODEL, '--calibration', badImages], 'a.png'],
    [
      'only such images',
      [MODEL, '--calibration', badImages, '--skip-bad-images'],
      'none of the calibration images',
    ],
    ['a file of another kind', [MODEL, '--calibration', newFile('x.npy', 'text')], 'not a .npy file'],
    [
      'samples of another shape',
      [MODEL, '--calibration', array([4, 10, 30], values)],
      'has shape 4×10×30; the network needs N×10×10×3',
    ],
    [
      'one sample without its batch',
      [MODEL, '--calibration', array([10, 10, 3], values.slice(0, 300))],
      'has shape',
    ],
    ['no sample', [MODEL, '--calibration', array([0, 10, 10, 3], new Float32Array())], 'holds no sample'],
    [
      'NaN',
      [MODEL, '--calibration', array(SHAPE, values.with(350, NaN))],
      'sample 1 holds values that are not finite',
    ],
    [
      'infinity',
      [MODEL, '--calibration', array(SHAPE, values.with(3, Infinity))],
      'sample 0 holds values that are not finite',
    ],
    [
      'a quantized network',
      [quantized, '--calibration', samples],
      'quantized already; leave out the calibration',
    ],
    ['a network with two inputs', [twoInputs, '--calibration', samples], 'inputs'],
    ['a missing model', ['nowhere.h5', '--calibration', samples], 'nowhere.h5', 'no such file'],
    [
      'two sources of samples',
      [MODEL, '--network', networkFile(), '--calibration', IMAGES],
      'leave out --calibration',
    ],
    ['two preprocessings', [MODEL, '--network', networkFile(), '--mode', 'tf'], 'leave out --mode'],
  ];
for (const [what, args, ...words] of REFUSED)
  test(`convert refuses ${what}`, async () => {
    const out = newPath('model.tflite');
    const line = await refuse(2, 'convert', ...args, '-o', out);
    for (const word of words) assert.match(line, word);
    assert.equal(leftovers(out), []);
  });

test('convert says at once that it cannot write', async () => {
  const nowhere = join(newPath(), 'model.tflite');
  assert.match(await refuse(1, 'convert', MODEL, '-o', nowhere), 'cannot write');
  assert.not.ok(existsSync(dirname(nowhere)));
  assert.match(await refuse(2, 'convert', MODEL, '-o', emptyFolder, '--force'), 'is not a file');
  if (existsSync('/proc/self'))
    assert.match(await refuse(1, 'convert', MODEL, '-o', '/proc/m.tflite'), 'cannot write');
});
