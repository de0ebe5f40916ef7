import { QpannError } from '../../src/core/index.js';
import { importTflite } from '../../src/import/tflite/index.js';
import { assert, test } from '../harness.js';
import { write } from './mutations/site.js';
import { tfliteSites } from './mutations/tflite-sites.js';
import { type WrittenModel, type WrittenOperator, type WrittenTensor, writeModel } from './tflite-writer.js';

/** The message of a refusal; empty when the file is imported. */
function refusal(bytes: Uint8Array): string {
  try {
    importTflite(bytes, 'net.tflite');
    return '';
  } catch (error) {
    assert.instance(error, QpannError, String((error as Error).stack));
    return (error as Error).message;
  }
}

/** One operator from tensor 0 to the last one; the others are its further inputs. */
function one(
  code: number,
  tensors: readonly WrittenTensor[],
  more: Partial<WrittenOperator> = {},
): WrittenModel {
  const last = tensors.length - 1;
  const operator = { code, inputs: tensors.slice(0, -1).map((_, i) => i), outputs: [last], ...more };
  return { tensors, operators: [operator], inputs: [0], outputs: [last] };
}

const vector: WrittenTensor = { name: 'x', shape: [1, 4] };
const whole = (...values: number[]): WrittenTensor => ({
  shape: [values.length],
  type: 2,
  data: Int32Array.from(values),
});
const quantized = (type: number, scale: number, more: Partial<WrittenTensor> = {}): WrittenTensor => ({
  shape: [1, 4],
  type,
  scales: [scale],
  ...more,
});
const [INT32, UINT8, INT64, INT16, INT8] = [2, 3, 4, 7, 9];
const pairs: WrittenTensor = { shape: [2, 2], type: INT32, data: Int32Array.of(0, 0, 1, 1) };
const labels: WrittenTensor = { shape: [1], type: INT32 };
const weights = { shape: [2, 4], type: INT8, scales: [0.5], data: new Int8Array(8) };

const biased = (bias: bigint): WrittenModel =>
  one(9, [
    quantized(INT16, 1),
    weights,
    { ...quantized(INT64, 0.5, { shape: [2] }), data: BigInt64Array.of(0n, bias) },
    quantized(INT16, 1, { shape: [1, 2] }),
  ]);

const softmax = (scale: number): WrittenModel =>
  one(25, [quantized(INT8, scale), quantized(INT8, 1 / 256, { zeroPoints: [-128] })], {
    optionsType: 9,
    options: { 0: 0x3f800000 },
  });

const depthwise = (type: number, multiplier: number): WrittenModel => {
  const pixel = quantized(type, 1, { shape: [1, 1, 1, 4] });
  const kernel = { shape: [1, 1, 1, 4], type: INT8, scales: [0.5], data: new Int8Array(4) };
  return one(4, [pixel, kernel, pixel], { optionsType: 2, options: { 1: 1, 2: 1, 3: multiplier } });
};

const splitV = (parts: number): WrittenModel => ({
  tensors: [vector, whole(1, 3), whole(1), { shape: [1, 1] }, { shape: [1, 3] }],
  operators: [{ code: 102, inputs: [0, 1, 2], outputs: [3, 4], optionsType: 79, options: { 0: parts } }],
  inputs: [0],
  outputs: [4],
});

const pool = (width: number): WrittenModel => {
  const image = { shape: [1, 2, 2, 1] };
  return one(17, [image, image], { optionsType: 5, options: { 0: 0, 1: 1, 2: 1, 3: width, 4: 1 } });
};

/**
 * Files that TensorFlow Lite refuses, or computes otherwise than their words say, and that a mutation test let through: what is refused, and
 * the like of it that is not.
 */
const FINDINGS: readonly (readonly [
  what: string,
  bad: WrittenModel,
  message: RegExp,
  good?: WrittenModel,
])[] = [
  [
    'a mirrored padding without its mode',
    one(100, [vector, pairs, { shape: [1, 6] }]),
    /MIRROR_PAD .*has no options that say how it pads/,
    one(100, [vector, pairs, { shape: [1, 6] }], { optionsType: 77, options: { 0: 0 } }),
  ],
  [
    'labels of another type than the options say',
    one(56, [vector, whole(1), labels], { optionsType: 40, options: { 0: 4 } }),
    /ARG_MAX .*has options for another type than int32/,
    one(56, [vector, whole(1), labels], { optionsType: 40, options: { 0: INT32 } }),
  ],
  [
    'a version that no operator has',
    one(19, [vector, vector], { version: 65535 }),
    /RELU \(version 65535, .*has a version that TensorFlow Lite does not have/,
    one(19, [vector, vector], { version: 2 }),
  ],
  [
    'a version of 0',
    one(19, [vector, vector], { version: 0 }),
    /a version that TensorFlow Lite does not have/,
  ],
  [
    'an input that nothing reads',
    one(19, [vector, vector, vector]),
    /RELU .*has 2 inputs, more than are supported/,
    one(19, [vector, vector], { inputs: [0, -1] }),
  ],
  [
    'an output that was an input',
    one(19, [vector, vector], { outputs: [1, 0] }),
    /RELU .*has 2 outputs, more than are supported/,
  ],
  [
    'values in a buffer that is not there',
    one(0, [vector, { ...vector, buffer: 9 }, vector]),
    /tensor 1 has its values in buffer 9, which does not exist/,
  ],
  [
    'int16 with a zero point',
    one(19, [quantized(INT16, 0.5, { zeroPoints: [3] }), quantized(INT16, 0.5)]),
    /is int16 with a zero point/,
    one(19, [quantized(INT16, 0.5), quantized(INT16, 0.5)]),
  ],
  [
    'a factor that no shift expresses',
    one(9, [quantized(INT8, 1), weights, quantized(INT8, 1e-10, { shape: [1, 2] })]),
    /FULLY_CONNECTED .*has scales so far apart/,
    one(9, [quantized(INT8, 1), weights, quantized(INT8, 1e-9, { shape: [1, 2] })]),
  ],
  [
    'a hard-swish to a scale too fine for it',
    one(117, [quantized(INT8, 1), quantized(INT8, 1e-3)]),
    /HARD_SWISH .*too fine for a hard-swish/,
    one(117, [quantized(INT8, 1), quantized(INT8, 0.5)]),
  ],
  [
    'options for a bias of a type that no bias has',
    one(9, [quantized(INT16, 1), weights, quantized(INT16, 1, { shape: [1, 2] })], {
      optionsType: 8,
      options: { 4: 9 },
    }),
    /has options for a bias of type int8/,
    one(9, [quantized(INT16, 1), weights, quantized(INT16, 1, { shape: [1, 2] })], {
      optionsType: 8,
      options: { 4: 4 },
    }),
  ],
  [
    'sizes with scales that a reshape would change',
    {
      tensors: [
        vector,
        { ...quantized(INT32, 1), data: new Int32Array(4) },
        whole(-1),
        quantized(INT32, 2, { shape: [4] }),
        vector,
      ],
      operators: [
        { code: 22, inputs: [1, 2], outputs: [3] },
        { code: 19, inputs: [0], outputs: [4] },
      ],
      inputs: [0],
      outputs: [4],
    },
    /net\.tflite: operator 0 RESHAPE/,
  ],
  [
    'a bias beyond the accumulator',
    biased(2n ** 46n),
    /has a bias of more than 46 bits/,
    biased(1n - 2n ** 46n),
  ],
  [
    'a float layer with an integer bias',
    one(9, [
      vector,
      weights,
      { ...quantized(INT32, 0.5, { shape: [2] }), data: new Int32Array(2) },
      { shape: [1, 2] },
    ]),
    /has a bias of type int32; float32 is supported/,
    one(9, [vector, weights, { shape: [2], data: new Float32Array(2) }, { shape: [1, 2] }]),
  ],
  [
    'a sum to a scale too fine for it',
    one(0, [quantized(INT8, 1), quantized(INT8, 1e-6)], { inputs: [0, 0] }),
    /ADD .*too fine for sums of its inputs' scales/,
    one(0, [quantized(INT8, 1), quantized(INT8, 1e-5)], { inputs: [0, 0] }),
  ],
  [
    'a softmax of steps too small for it',
    softmax(1e-8),
    /SOFTMAX .*too small for fixed-point exponentials/,
    softmax(2e-8),
  ],
  [
    'joined uint8 values of scales too far apart',
    one(2, [quantized(UINT8, 1), quantized(UINT8, 1e-7)], { optionsType: 10, options: { 0: 1 } }),
    /CONCATENATION .*scales so far apart/,
    one(2, [quantized(UINT8, 1), quantized(UINT8, 1e-6)], { optionsType: 10, options: { 0: 1 } }),
  ],
  [
    'a factor that no shift of 64 bits expresses',
    one(9, [quantized(INT16, 1), weights, quantized(INT16, 1e-5, { shape: [1, 2] })]),
    /FULLY_CONNECTED .*scales so far apart/,
    one(9, [quantized(INT16, 1), weights, quantized(INT16, 1e-4, { shape: [1, 2] })]),
  ],
  [
    'a depth multiplier of its own beside int16',
    depthwise(INT16, 2),
    /DEPTHWISE_CONV_2D .*has options for 2 outputs of each channel and weights of 1×1×1×4/,
    depthwise(INT8, 2),
  ],
  ['another number of parts than the options say', splitV(3), /SPLIT_V .*has 2 sizes for 3 parts/, splitV(2)],
  [
    'a slice that begins at a matrix',
    one(65, [vector, { ...whole(0, 0), shape: [1, 2] }, whole(1, 4), vector]),
    /SLICE .*takes numbers of shape 1×2 as input 1/,
    one(65, [vector, whole(0, 0), whole(1, 4), vector]),
  ],
  ['a window whose padding has more than 16 bits', pool(2 ** 16), /has a window of 1×65536/, pool(2 ** 15)],
  [
    'a tensor of a gigabyte and more',
    one(19, [{ shape: [1, 2 ** 20, 2 ** 9] }, { shape: [1, 2 ** 20, 2 ** 9] }]),
    /more than 2\^28 elements/,
  ],
];
for (const [what, bad, message, good] of FINDINGS)
  test(`refused: ${what}`, () => {
    assert.match(refusal(writeModel(bad)), message);
    if (good !== undefined) assert.is(refusal(writeModel(good)), '');
  });

test('refused: a table whose list of fields ends in the middle of one', () => {
  const bytes = writeModel(one(19, [vector, vector]));
  const site = tfliteSites(bytes).find(
    ({ path }) => path === 'model.subgraphs[0].operators[0].vtable.bytes',
  )!;
  write(bytes, site, 13);
  assert.match(refusal(bytes), /is damaged or truncated/);
});
