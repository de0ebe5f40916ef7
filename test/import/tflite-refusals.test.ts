import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { NUMERICS_PROFILES, QpannError } from '../../src/core/index.js';
import { importTflite } from '../../src/import/tflite/index.js';
import { assert, test } from '../harness.js';
import { fixture, fixtureNames } from './tflite-files.js';
import { refusal } from './tflite-refusal.js';
import { type WrittenModel, type WrittenTensor, writeModel } from './tflite-writer.js';

const int8 = (shape: readonly number[], more: Partial<WrittenTensor> = {}): WrittenTensor => ({
  shape,
  type: 9,
  scales: [0.5],
  ...more,
});
const RELU = { code: 19, inputs: [0], outputs: [1] };

/** One operator from tensor 0 to the last one; the others are its further inputs. */
const one = (code: number, tensors: readonly WrittenTensor[], more = {}): WrittenModel => {
  const last = tensors.length - 1;
  const operator = { code, inputs: tensors.slice(0, -1).map((_, i) => i), outputs: [last], ...more };
  return { tensors, operators: [operator], inputs: [0], outputs: [last] };
};

const vector: WrittenTensor = { name: 'x', shape: [1, 4] };
const weights = int8([2, 4], { data: new Int8Array(8) });

const image: WrittenTensor = { shape: [1, 2, 2, 1] };
const kernel: WrittenTensor = { shape: [1, 3, 3, 1], data: new Float32Array(9) };
const transposed = { inputs: [1, 2, 0], optionsType: 49, options: { 1: 2, 2: 2 } };

/** A network that dequantizes a constant. */
const dequantized = (constant: WrittenTensor): WrittenModel => ({
  tensors: [vector, constant, vector],
  operators: [{ code: 6, inputs: [1], outputs: [2] }],
  inputs: [0],
  outputs: [2],
});
const half = (bits: number): WrittenTensor => ({
  shape: [1, 4],
  type: 1,
  data: new Uint16Array(4).fill(bits),
});

const int16 = (more: Partial<WrittenTensor> = {}): WrittenTensor => int8([1, 4], { type: 7, ...more });
const summed = (output: WrittenTensor): WrittenModel =>
  one(74, [int16(), { shape: [1], type: 2, data: Int32Array.of(1) }, output]);
/** A fully connected layer with a scale for each output that keeps its input's dimensions. */
const perOutput = one(
  9,
  [int8([1, 3, 4]), int8([2, 4], { data: new Int8Array(8), scales: [1, 2] }), int8([1, 3, 2])],
  { optionsType: 8, options: { 2: 1 } },
);

const REFUSALS: readonly (readonly [string, WrittenModel, RegExp])[] = [
  [
    'an operator without kernels',
    one(66, [vector, vector]),
    /operator 0 SIN \(version 1, writing x_2\): is not supported; supported are ABS, ADD/,
  ],
  ['an operator of a newer schema', one(900, [vector, vector]), /operator 0 builtin 900 /],
  [
    'a custom operator',
    one(32, [vector, vector], { customName: 'Detect' }),
    /operator 0 Detect .*custom operator/,
  ],
  ['another schema version', { ...one(19, [vector, vector]), version: 2 }, /schema version 2/],
  ['two subgraphs', { ...one(19, [vector, vector]), subgraphs: 2 }, /2 subgraphs/],
  ['two inputs', { ...one(0, [vector, vector, vector]), inputs: [0, 1] }, /2 inputs; models with one/],
  ['two outputs', { ...one(19, [vector, vector]), outputs: [1, 0] }, /2 outputs; models with one/],
  ['a batch of 2', one(19, [{ shape: [2, 4] }, { shape: [2, 4] }]), /shape 2×4; convert with batch size 1/],
  ['float16', one(19, [{ shape: [1], type: 1 }, vector]), /is float16, which is not supported/],
  [
    'int32 activations',
    one(19, [{ shape: [1], type: 2 }, vector]),
    /computes on int32; float32, int8, uint8 and int16 are supported/,
  ],
  ['int8 without scale', one(19, [int8([1, 4], { scales: [] }), int8([1, 4])]), /int8 without a scale/],
  [
    'int8 weights of uint8 activations',
    one(9, [int8([1, 4], { type: 3 }), weights, int8([1, 2], { type: 3 })]),
    /int8 weights for uint8 activations; uint8 is supported/,
  ],
  [
    'uint8 weights with several scales',
    one(9, [
      int8([1, 4], { type: 3 }),
      int8([2, 4], { type: 3, data: new Uint8Array(8), scales: [1, 2] }),
      int8([1, 2], { type: 3 }),
    ]),
    /uint8 weights with several scales/,
  ],
  [
    'signed weights of a convolution with a zero point',
    one(3, [
      int8([1, 1, 1, 4]),
      int8([2, 1, 1, 4], { data: new Int8Array(8), zeroPoints: [3] }),
      int8([1, 1, 1, 2]),
    ]),
    /int8 weights with a zero point/,
  ],
  ['int16 with a zero point', one(19, [int16({ zeroPoints: [3] }), int16()]), /int16 with a zero point/],
  ['int4 activations', one(19, [vector, int8([1, 4], { type: 17 })]), /is int4, which is not supported/],
  [
    'int4 weights of int16 activations',
    one(9, [int16(), int8([2, 4], { type: 17, data: new Int8Array(4) }), int16({ shape: [1, 2] })]),
    /int4 weights for int16 activations/,
  ],
  ['int8 quantized to int16', one(114, [int8([1, 4]), int16()]), /quantizes int8 to int16/],
  [
    'a sum of int16 values in another scale',
    summed(int16({ scales: [2], shape: [1] })),
    /sums int16 values into/,
  ],
  [
    'a sum by shifts to a smaller scale',
    one(0, [int16(), int16({ data: new Int16Array(4) }), int16({ scales: [0.25] })]),
    /one input must have the scale of the output/,
  ],
  [
    'a sum by shifts that broadcasts',
    one(0, [int16(), int16({ shape: [1], data: new Int16Array(1) }), int16()]),
    /reads values that are not there/,
  ],
  [
    'a sum by shifts of 16 bits',
    one(0, [int16(), int16({ data: new Int16Array(4), scales: [2 ** -17] }), int16()]),
    /by more than 15 bits/,
  ],
  [
    'a scale for each output and three dimensions',
    perOutput,
    /a scale for each output and keeps more than two dimensions.*--numerics tflite-2\.20/,
  ],
  [
    'a bias in another scale than the accumulator',
    one(9, [
      int8([1, 4]),
      weights,
      { shape: [2], type: 2, data: new Int32Array(2), scales: [0.5] },
      int8([1, 2]),
    ]),
    /a bias of scale 0\.5; that of input times weights is 0\.25/,
  ],
  [
    'int8 weights without a scale of a float layer',
    one(9, [vector, { ...weights, scales: [] }, { shape: [1, 2] }]),
    /int8 without a scale/,
  ],
  ['float16 that is infinite', dequantized(half(0x7c00)), /NaN or infinity/],
  ['float16 that is not a number', dequantized(half(0xfe01)), /NaN or infinity/],
  [
    'float16 of another length',
    dequantized({ ...half(0), shape: [1, 5] }),
    /8 bytes for 5 float16 values of shape 1×5/,
  ],
  [
    'a 32-bit bias of 16-bit activations',
    one(9, [
      int8([1, 4], { type: 7 }),
      weights,
      { shape: [2], type: 2, data: new Int32Array(2) },
      int8([1, 2], { type: 7 }),
    ]),
    /a bias of type int32; int64 is supported/,
  ],
  [
    'an empty result',
    one(65, [vector, ...[1, 0].map((n) => ({ shape: [2], type: 2, data: Int32Array.of(n, n) })), vector]),
    /cannot take 0×0/,
  ],
  [
    'weights that are computed',
    one(9, [vector, { shape: [2, 4] }, { shape: [1, 2] }]),
    /as weights, which is not a constant/,
  ],
  ['mixed types', one(19, [vector, int8([1, 4])]), /reads float32 and writes int8/],
  [
    'a value before it is written',
    { tensors: [vector, vector, vector], operators: [{ ...RELU, inputs: [2] }], inputs: [0], outputs: [1] },
    /reads x_3, which is not written/,
  ],
  [
    'a tensor that is written twice',
    { tensors: [vector, vector], operators: [RELU, RELU], inputs: [0], outputs: [1] },
    /operator 1 RELU .*has a value already/,
  ],
  [
    'a tensor that does not exist',
    { tensors: [vector, vector], operators: [{ ...RELU, inputs: [9] }], inputs: [0], outputs: [1] },
    /tensor 9, which does not exist/,
  ],
  ['a variable', one(19, [{ ...vector, isVariable: true }, vector]), /networks with state/],
  [
    'a shape that the operator does not give',
    one(19, [vector, { shape: [1, 5] }]),
    /shape 1×5 in the file; the operator gives 1×4/,
  ],
  [
    'a constant of another length',
    one(0, [vector, { shape: [1, 4], data: new Float32Array(3) }, vector]),
    /12 bytes for 4 float32 values/,
  ],
  ['NaN', one(0, [vector, { shape: [1], data: Float32Array.of(NaN) }, vector]), /NaN/],
  [
    'a negative scale',
    one(19, [int8([1, 4], { scales: [-1] }), vector]),
    /scale that is not a positive number/,
  ],
  [
    'several scales of an activation',
    one(19, [int8([1, 2], { scales: [1, 2], axis: 1 }), vector]),
    /without a scale|several scales/,
  ],
  [
    'a zero point outside the type',
    one(19, [int8([1, 4], { zeroPoints: [128] }), vector]),
    /zero point outside int8/,
  ],
  [
    'a reshape that changes the scale',
    one(22, [int8([1, 4]), { shape: [1], type: 2, data: Int32Array.of(-1) }, int8([4], { scales: [1] })]),
    /needs the same scale and zero point/,
  ],
  [
    'a softmax with another scale',
    one(25, [int8([1, 4]), int8([1, 4])], { optionsType: 9, options: { 0: 0x3f800000 } }),
    /needs scale 0\.00390625 and zero point -128/,
  ],
  [
    'options of another operator',
    one(25, [vector, vector], { optionsType: 5 }),
    /options of type 5, not SoftmaxOptions/,
  ],
  [
    'a fused tanh',
    one(0, [vector, vector, vector], { inputs: [0, 0], optionsType: 11, options: { 0: 4 } }),
    /fused activation of code 4/,
  ],
  [
    'a transposed convolution whose output has another batch',
    one(67, [image, { shape: [4], type: 2, data: Int32Array.of(2, 4, 4, 1) }, kernel, vector], transposed),
    /gives its output the shape \[2, 4, 4, 1\]/,
  ],
  [
    'a transposed convolution with a wide output',
    one(67, [image, { shape: [4], type: 2, data: Int32Array.of(1, 4, 1e9, 1) }, kernel, vector], transposed),
    /has an output of 4×1000000000/,
  ],
  ['slopes that are computed', one(54, [vector, vector, vector], { inputs: [0, 0] }), /is not a constant/],
  [
    'slopes of another type',
    one(54, [int8([1, 4]), { shape: [4], data: new Float32Array(4) }, int8([1, 4])]),
    /reads float32 and writes int8/,
  ],
  [
    'a resize to a volume',
    one(23, [image, { shape: [3], type: 2, data: Int32Array.of(2, 2, 2) }, image]),
    /has a size of shape 3/,
  ],
  [
    'a resize to nothing',
    one(97, [image, { shape: [2], type: 2, data: Int32Array.of(2, -1) }, image]),
    /has a size of 2×-1/,
  ],
  [
    'a resize that no memory holds',
    one(97, [image, { shape: [2], type: 2, data: Int32Array.of(1e6, 1e6) }, { shape: [] }]),
    /writes a tensor of shape 1×1000000×1000000×1/,
  ],
];

for (const [name, model, expected] of REFUSALS)
  test(`refused: ${name}`, () => assert.match(refusal(writeModel(model)), expected));

test('what numerics decide: a scale for each output in three dimensions, sums of int16 values', () => {
  const newer = { numerics: 'tflite-2.20' } as const;
  const { graph } = importTflite(writeModel(perOutput), 'net.tflite', newer);
  assert.equal(graph.nodes[0]!.numerics, NUMERICS_PROFILES['tflite-2.20']);
  const sum = writeModel(summed(int16({ shape: [1] })));
  assert.is(importTflite(sum, 'net.tflite').graph.nodes[0]!.op, 'sum');
  assert.throws(
    () => importTflite(sum, 'net.tflite', newer),
    (error: unknown) => error instanceof QpannError && /reads as bytes/.test(error.message),
  );
});

test('bytes that are no whole TensorFlow Lite file are refused', () => {
  const whole = fixture('dense-int8');
  assert.match(refusal(new Uint8Array()), /is not a TensorFlow Lite file/);
  assert.match(
    refusal(new TextEncoder().encode('\x89HDF or something else')),
    /is not a TensorFlow Lite file/,
  );
  for (const length of [8, 20, 100, 1000, whole.length - 1])
    assert.match(refusal(whole.subarray(0, length)), /damaged or truncated/);
});

test('names are made unique; a tensor without a name gets its index', () => {
  const names = ['x', 'x', '', 'x_2'];
  const tensors = names.map((name) => ({ name, shape: [1, 4] }));
  const operators = [0, 1, 2].map((i) => ({ code: 19, inputs: [i], outputs: [i + 1] }));
  const { graph } = importTflite(writeModel({ tensors, operators, inputs: [0], outputs: [3] }), 'net.tflite');
  assert.equal([...graph.tensors.keys()], ['x', 'x_2', 'tensor_2', 'x_2_2']);
});

test('damaged bytes give a network or a refusal, soon', () => {
  const random = xoroshiro128plus(20);
  const below = (limit: number): number => (random.next() >>> 0) % limit;
  let refused = 0;
  let slowest = 0;
  for (const name of fixtureNames()) {
    const whole = fixture(name);
    for (let round = 0; round < 150; round++) {
      const bytes = new Uint8Array(whole);
      for (let n = 1 + below(4); n > 0; n--) bytes[below(bytes.length)] = below(2) === 0 ? 255 : below(256);
      const start = process.cpuUsage();
      try {
        importTflite(bytes, 'net.tflite');
      } catch (error) {
        assert.instance(error, QpannError, String((error as Error).stack));
        refused += 1;
      }
      slowest = Math.max(slowest, process.cpuUsage(start).user);
    }
  }
  assert.ok(refused > 100, `${refused} refused`);
  assert.ok(slowest < 1e6, `one took ${slowest} µs`);
});

test('tables that refer to the same bytes over and over are refused', () => {
  const inputs = new Array<number>(5000).fill(0);
  const bytes = writeModel({ ...one(0, [vector, vector], { inputs }), copies: 20000 });
  assert.match(refusal(bytes), /refer to the same bytes over and over/);
});
