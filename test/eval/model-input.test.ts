import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Graph, perTensor } from '../../src/core/index.js';
import { loadSample } from '../../src/data/index.js';
import { inputFor, loadModel, readInput } from '../../src/eval/index.js';
import { IMAGES, MODEL, ROOT } from '../cli/qpann.js';
import { assert, test } from '../harness.js';

const taking = (more: object): Graph => ({
  name: 'net',
  tensors: new Map([['x', { name: 'x', shape: [1, 3], dtype: 'float32', ...more }]]),
  nodes: [],
  inputs: ['x'],
  outputs: ['x'],
});
const int8 = taking({ dtype: 'int8', quantization: perTensor(0.5, 3) });
const sample = (data: ArrayLike<number>) => ({ shape: [1, 3], data: Float32Array.from(data) });

test('real values are quantized for an integer network, as its QUANTIZE would', () => {
  const { data } = inputFor(int8, sample([0.25, -0.25, 1000]), 'x.npy');
  assert.equal(data, Int8Array.of(4, 2, 127));
  const integers = { shape: [1, 3], data: Int8Array.of(1, 2, 3) };
  assert.is(inputFor(int8, integers, 'x.npy').data, integers.data);
});

test('values that do not fit a network are refused', () => {
  const bad = (graph: Graph, input: Parameters<typeof inputFor>[1], message: RegExp) =>
    assert.throws(() => inputFor(graph, input, 'x.npy'), message);
  bad(int8, sample([0, Number.NaN, 0]), /^x\.npy: holds NaN/);
  bad(
    int8,
    { shape: [1, 3], data: new Uint8Array(3) },
    /holds uint8 values; the network needs int8 or float32/,
  );
  bad(
    taking({}),
    { shape: [1, 3], data: new Int8Array(3) },
    /holds int8 values; the network needs float32 v/,
  );
  bad(int8, { shape: [0, 3], data: new Int8Array(0) }, /has shape 0×3; the network needs N×3/);
});

test('an image is preprocessed; anything else is read as an array', async () => {
  const { graph } = await loadModel(MODEL);
  const image = join(IMAGES, '0000.jpg');
  const options = { resize: 'bilinear', cropFraction: null, normalization: { mode: 'tf' } } as const;
  const { shape, data } = await readInput(image, graph, options);
  assert.equal(shape, [1, 64, 64, 3]);
  assert.equal(data, await loadSample(image, shape, options));
  const text = join(ROOT, 'package.json');
  assert.ok(readFileSync(text));
  for (const [path, message] of [
    [text, /not a \.npy file/],
    ['nowhere.npy', /nowhere\.npy: cannot be read/],
    ['nowhere.png', /nowhere\.png/],
  ] as const)
    try {
      await readInput(path, graph, options);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, message);
    }
});
