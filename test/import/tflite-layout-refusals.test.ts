import { BUILTINS, OPTIONS, type OptionsKind } from '../../src/formats/tflite/index.js';
import { assert, test } from '../harness.js';
import { refusal } from './tflite-refusal.js';
import { type WrittenTensor, writeModel } from './tflite-writer.js';

const image: WrittenTensor = { name: 'x', shape: [1, 2, 4, 3] };
const result: WrittenTensor = { name: 'y', shape: [] };

const numbers = (...values: readonly number[]): WrittenTensor => ({
  shape: [values.length],
  type: 2,
  data: Int32Array.from(values),
});

const pairs = (...values: readonly number[]): WrittenTensor => ({
  ...numbers(...values),
  shape: [values.length / 2, 2],
});

const scalar = (value: number): WrittenTensor => ({ ...numbers(value), shape: [] });

const int8 = (more: Partial<WrittenTensor> = {}): WrittenTensor => ({
  shape: [1, 2, 4, 3],
  type: 9,
  scales: [0.5],
  ...more,
});

/** One operator that is refused, and why. */
interface Refusal {
  readonly builtin: string;
  readonly because: RegExp;
  readonly options?: readonly [OptionsKind, Readonly<Record<number, number | readonly number[]>>];
  /** All that it reads; the image when absent. */
  readonly inputs?: readonly WrittenTensor[];
  readonly outputs?: number;
  readonly output?: WrittenTensor;
}

const strided = (
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
  masks: Readonly<Record<number, number>>,
  because: RegExp,
): Refusal => ({
  builtin: 'STRIDED_SLICE',
  because,
  options: ['StridedSliceOptions', masks],
  inputs: [image, numbers(...begin), numbers(...end), numbers(...strides)],
});

const splitV = (sizes: readonly number[], axis: number, because: RegExp): Refusal => ({
  builtin: 'SPLIT_V',
  because,
  options: ['SplitVOptions', { 0: sizes.length }],
  inputs: [image, numbers(...sizes), numbers(axis)],
  outputs: sizes.length,
});

const gather = (indices: WrittenTensor, axis: number, because: RegExp, batchDims = 0): Refusal => ({
  builtin: 'GATHER',
  because,
  options: ['GatherOptions', { 0: axis, 1: batchDims }],
  inputs: [image, indices],
});

const blocks = (
  builtin: 'SPACE_TO_BATCH_ND' | 'BATCH_TO_SPACE_ND',
  block: readonly number[],
  borders: readonly number[],
  because: RegExp,
): Refusal => ({ builtin, because, inputs: [image, numbers(...block), pairs(...borders)] });

const depth = (builtin: 'SPACE_TO_DEPTH' | 'DEPTH_TO_SPACE', block: number, because: RegExp): Refusal => ({
  builtin,
  because,
  options: [builtin === 'SPACE_TO_DEPTH' ? 'SpaceToDepthOptions' : 'DepthToSpaceOptions', { 0: block }],
});

const REFUSALS: readonly Refusal[] = [
  ...[4, -5, 2 ** 31 - 1].map((axis) => ({
    builtin: 'SPLIT',
    because: new RegExp(`refers to axis ${axis} of 4`),
    options: ['SplitOptions', { 0: 1 }] as const,
    inputs: [numbers(axis), image],
  })),
  {
    builtin: 'SPLIT',
    because: /cannot cut 4 elements into 3 equal parts/,
    options: ['SplitOptions', { 0: 3 }],
    inputs: [numbers(2), image],
    outputs: 3,
  },
  {
    builtin: 'SPLIT',
    because: /has 2 outputs for 4 parts/,
    options: ['SplitOptions', { 0: 4 }],
    inputs: [numbers(2), image],
    outputs: 2,
  },
  {
    builtin: 'SPLIT',
    because: /has 1 outputs for 0 parts/,
    options: ['SplitOptions', { 0: 0 }],
    inputs: [numbers(2), image],
  },
  {
    builtin: 'SPLIT',
    because: /needs one axis/,
    options: ['SplitOptions', { 0: 1 }],
    inputs: [numbers(2, 3), image],
  },
  {
    builtin: 'SPLIT',
    because: /needs whole numbers that are known in advance as input 0/,
    options: ['SplitOptions', { 0: 1 }],
    inputs: [image, image],
  },
  splitV([1, 4], 2, /cannot cut dimension 2 of shape 1×2×4×3 into 2 such parts/),
  splitV([1, 2], 2, /cannot cut dimension 2/),
  splitV([-1, -1], 2, /cannot cut dimension 2/),
  splitV([-2, 6], 2, /cannot cut dimension 2/),
  splitV([4, -1], 2, /cannot cut dimension 2/),
  splitV([4], 9, /refers to axis 9 of 4/),
  ...[4, -5].map((axis) => ({
    builtin: 'UNPACK',
    because: new RegExp(`refers to axis ${axis} of 4`),
    options: ['UnpackOptions', { 0: 1, 1: axis }] as const,
  })),
  {
    builtin: 'UNPACK',
    because: /unpacks 3 tensors of 4 to 3 outputs/,
    options: ['UnpackOptions', { 0: 3, 1: 2 }],
    outputs: 3,
  },
  {
    builtin: 'UNPACK',
    because: /unpacks 4 tensors of 4 to 2 outputs/,
    options: ['UnpackOptions', { 0: 4, 1: 2 }],
    outputs: 2,
  },
  {
    builtin: 'PACK',
    because: /refers to axis 5 of 5/,
    options: ['PackOptions', { 0: 1, 1: 5 }],
  },
  {
    builtin: 'PACK',
    because: /packs 3 of 1 inputs/,
    options: ['PackOptions', { 0: 3, 1: 0 }],
  },
  {
    builtin: 'PACK',
    because: /cannot concatenate 1×1×2×4×3 and 1×5/,
    options: ['PackOptions', { 0: 2, 1: 0 }],
    inputs: [image, { shape: [5], data: new Float32Array(5) }],
  },
  { builtin: 'PACK', because: /packs nothing/, options: ['PackOptions', {}], inputs: [] },
  gather(numbers(0), 4, /refers to axis 4 of 4/),
  gather(numbers(0), -5, /refers to axis -5 of 4/),
  gather(numbers(0, 4), 2, /gathers index 4 of a dimension of size 4/),
  gather(numbers(-1), 2, /gathers index -1 of a dimension of size 4/),
  gather(
    { shape: [1], type: 4, data: BigInt64Array.of(-(2n ** 63n)) },
    2,
    /gathers index -9223372036854775808 of a dimension of size 4/,
  ),
  gather({ shape: [1], data: Float32Array.of(1) }, 2, /gathers by indices of type float32/),
  gather(numbers(0), 2, /by indices of shape 1 with 3 batch dimensions/, 3),
  gather(numbers(0), 2, /by indices of shape 1 with -8 batch dimensions/, -9),
  gather(numbers(0, 0), 2, /cannot gather along axis 2 .* by indices of shape 2 with 1 batch dimensions/, 1),
  ...(
    [
      [[0, 1, 2, 2], /in the order \[0, 1, 2, 2\]/],
      [[0, 1, 2], /cannot put the dimensions of 1×2×4×3 in the order \[0, 1, 2\]/],
      [[0, 1, 2, 4], /refers to axis 4 of 4/],
      [[0, 1, 2, -5], /refers to axis -5 of 4/],
      [[], /Int32Array|bytes|shape 0|needs whole numbers/],
    ] as const
  ).map(([order, because]) => ({ builtin: 'TRANSPOSE', because, inputs: [image, numbers(...order)] })),
  strided([0], [1], [0], {}, /has a stride of 0/),
  strided([0, 2], [1, 3], [1, 1], { 4: 2 }, /takes an element that is not there/),
  strided([0, -3], [1, 3], [1, 1], { 4: 2 }, /takes an element that is not there/),
  strided([0, 1], [1, 0], [1, -1], { 4: 2 }, /takes an element that is not there/),
  strided([0, 0, 9], [1, 2, 99], [1, 1, 1], {}, /cannot take 1×2×0×3|has no elements/),
  strided([0, 2 ** 31 - 1], [1, -(2 ** 31)], [1, 2 ** 31 - 1], {}, /cannot take 1×0×4×3|has no elements/),
  strided([0, 0, 0], [1, 1, 1], [1, 1, 1], { 2: 3 }, /several ellipses/),
  strided([0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], {}, /slices 5 dimensions of shape 1×2×4×3/),
  strided([0, 0], [1], [1, 1], {}, /has 2 first, 1 last indices and 2 strides/),
  strided(
    new Array(9).fill(0),
    new Array(9).fill(1),
    new Array(9).fill(1),
    { 3: 511 },
    /has 9 first, 9 last indices and 9 strides/,
  ),
  ...(
    [
      [[0, 0, 0, 0], [1, 2, 5, 3], /cannot take 1×2×5×3 from \[0, 0, 0, 0\] of shape 1×2×4×3/],
      [[0, 0, -1, 0], [1, 2, 2, 3], /cannot take/],
      [[0, 0, 5, 0], [1, 2, -1, 3], /cannot take/],
      [[0, 0, 4, 0], [1, 2, -1, 3], /cannot take/],
      [[0, 0, 0, 0], [1, 2, -2, 3], /cannot take/],
      [[0, 0, 0], [1, 2, 4], /cannot take/],
      [[0, 0, 2 ** 31 - 1, 0], [1, 2, 2 ** 31 - 1, 3], /cannot take/],
    ] as const
  ).map(([begin, size, because]) => ({
    builtin: 'SLICE',
    because,
    inputs: [image, numbers(...begin), numbers(...size)],
  })),
  ...(
    [
      [[5, -1], /reshapes 24 elements to \[5, -1\]/],
      [[-1, -1], /reshapes 24 elements to \[-1, -1\]/],
      [[0, 24], /reshapes 24 elements to \[0, 24\]/],
      [[-2, -12], /reshapes 24 elements/],
      [[2 ** 30, 2 ** 30, -1], /reshapes 24 elements/],
    ] as const
  ).map(([shape, because]) => ({ builtin: 'RESHAPE', because, inputs: [image, numbers(...shape)] })),
  {
    builtin: 'RESHAPE',
    because: /has 65 numbers as input 1/,
    inputs: [image, numbers(...new Array<number>(65).fill(1))],
  },
  { builtin: 'SQUEEZE', because: /refers to axis 4 of 4/, options: ['SqueezeOptions', { 0: [0, 4] }] },
  {
    builtin: 'SQUEEZE',
    because: /squeezes axes 0, 2 of shape 1×2×4×3/,
    options: ['SqueezeOptions', { 0: [0, 2] }],
  },
  { builtin: 'EXPAND_DIMS', because: /refers to axis 5 of 5/, inputs: [image, scalar(5)] },
  { builtin: 'EXPAND_DIMS', because: /refers to axis -6 of 5/, inputs: [image, scalar(-6)] },
  { builtin: 'EXPAND_DIMS', because: /needs one axis/, inputs: [image, numbers(0, 1)] },
  {
    builtin: 'PAD',
    because: /paddings of shape 8; one pair/,
    inputs: [image, numbers(0, 0, 1, 1, 0, 0, 0, 0)],
  },
  {
    builtin: 'PAD',
    because: /paddings for 3 dimensions, its input has 4/,
    inputs: [image, pairs(0, 0, 1, 1, 0, 0)],
  },
  { builtin: 'PAD', because: /has a negative padding/, inputs: [image, pairs(0, 0, 1, -1, 0, 0, 0, 0)] },
  {
    builtin: 'PAD',
    because: /writes a tensor of shape 1×1000000002×4×3/,
    inputs: [image, pairs(0, 0, 10 ** 9, 0, 0, 0, 0, 0)],
  },
  ...(
    [
      [{ shape: [], type: 2, data: new Int32Array(1) }, /pads float32 with 1 values of type int32/],
      [{ shape: [2], data: new Float32Array(2) }, /pads float32 with 2 values/],
      [image, /pads with a value that is not a constant/],
      [{ shape: [], data: Float32Array.of(NaN) }, /holds NaN or infinity/],
    ] as const
  ).map(([value, because]) => ({
    builtin: 'PADV2',
    because,
    inputs: [image, pairs(0, 0, 1, 1, 0, 0, 0, 0), value],
  })),
  {
    builtin: 'PADV2',
    because: /pads with a value of another scale or zero point than its output/,
    inputs: [
      int8(),
      pairs(0, 0, 1, 1, 0, 0, 0, 0),
      int8({ shape: [], scales: [0.25], data: new Int8Array(1) }),
    ],
    output: int8({ shape: [] }),
  },
  ...(
    [
      [0, [0, 0, 2, 0, 0, 0, 0, 0], /cannot mirror an input of shape 1×2×4×3 by/],
      [1, [0, 0, 3, 0, 0, 0, 0, 0], /cannot mirror/],
      [1, [0, 0, 0, -1, 0, 0, 0, 0], /cannot mirror/],
      [0, [1, 0, 0, 0, 0, 0, 0, 0], /cannot mirror/],
      [1, [0, 0, 1, 1], /paddings for 2 dimensions/],
      [2, [0, 0, 0, 0, 0, 0, 0, 0], /has a padding mode of code 2/],
    ] as const
  ).map(([mode, paddings, because]) => ({
    builtin: 'MIRROR_PAD',
    because,
    options: ['MirrorPadOptions', { 0: mode }] as const,
    inputs: [image, pairs(...paddings)],
  })),
  blocks('SPACE_TO_BATCH_ND', [0, 1], [0, 0, 0, 0], /has blocks of 0×1/),
  blocks('SPACE_TO_BATCH_ND', [-2, 1], [0, 0, 0, 0], /has blocks of -2×1/),
  blocks('SPACE_TO_BATCH_ND', [2, 3], [0, 0, 0, 0], /cannot divide the padded 1×2×4×3 into blocks of 2×3/),
  blocks('SPACE_TO_BATCH_ND', [2, 2], [0, 0, -1, 1], /has a negative border/),
  blocks('SPACE_TO_BATCH_ND', [2, 2], [0, 0], /blocks of 2 and borders of 1 dimensions/),
  blocks('SPACE_TO_BATCH_ND', [1, 1, 1, 1], new Array(8).fill(0), /blocks of 4 and borders of 4 dimensions/),
  blocks('SPACE_TO_BATCH_ND', [2 ** 30, 1], [2 ** 30 - 2, 0, 0, 0], /writes a tensor of shape/),
  blocks('BATCH_TO_SPACE_ND', [2, 1], [0, 0, 0, 0], /cannot make blocks of 2×1, cropped, from .* 1×2×4×3/),
  blocks('BATCH_TO_SPACE_ND', [1, 1], [1, 1, 0, 0], /cannot make blocks of 1×1, cropped/),
  blocks('BATCH_TO_SPACE_ND', [1, 1], [0, 0, 5, 0], /cannot make blocks of 1×1, cropped/),
  blocks('BATCH_TO_SPACE_ND', [1, 1], [0, -1, 0, 0], /has a negative border/),
  blocks('BATCH_TO_SPACE_ND', [0, 1], [0, 0, 0, 0], /has blocks of 0×1/),
  depth('DEPTH_TO_SPACE', 0, /has a block size of 0/),
  depth('DEPTH_TO_SPACE', -1, /has a block size of -1/),
  depth('DEPTH_TO_SPACE', 2, /cannot divide 3 channels into blocks of 2×2 pixels/),
  depth('DEPTH_TO_SPACE', 2 ** 31 - 1, /cannot divide 3 channels/),
  depth('SPACE_TO_DEPTH', 0, /has a block size of 0/),
  depth('SPACE_TO_DEPTH', 4, /cannot divide 2×4 pixels into blocks of 4×4/),
  depth('SPACE_TO_DEPTH', 2 ** 31 - 1, /cannot divide 2×4 pixels/),
  {
    builtin: 'ARG_MAX',
    because: /refers to axis 4 of 4/,
    options: ['ArgMaxOptions', { 0: 2 }],
    inputs: [image, scalar(4)],
    output: scalar(0),
  },
  { builtin: 'ARG_MAX', because: /writes indices of type float32/, inputs: [image, scalar(3)] },
  {
    builtin: 'ARG_MAX',
    because: /needs one axis/,
    options: ['ArgMaxOptions', { 0: 2 }],
    inputs: [image, numbers(0, 1)],
    output: { shape: [], type: 2 },
  },
  {
    builtin: 'ARG_MAX',
    because: /computes in int16, which is not supported/,
    options: ['ArgMaxOptions', { 0: 2 }],
    inputs: [int8({ type: 7 }), scalar(3)],
    output: { shape: [], type: 2 },
  },
  { builtin: 'CAST', because: /is bool, which is not supported/, output: { shape: [], type: 6 } },
  {
    builtin: 'CONCATENATION',
    because: /refers to axis 4 of 4/,
    options: ['ConcatenationOptions', { 0: 4 }],
    inputs: [image, image],
  },
  {
    builtin: 'CONCATENATION',
    because: /concatenates with an activation, which TensorFlow Lite refuses too/,
    options: ['ConcatenationOptions', { 0: 3, 1: 1 }],
  },
  {
    builtin: 'CONCATENATION',
    because: /needs the same scale and zero point/,
    options: ['ConcatenationOptions', { 0: 3 }],
    inputs: [int8()],
    output: int8({ shape: [], scales: [0.25] }),
  },
  {
    builtin: 'CONCATENATION',
    because: /refers to axis 0 of 0/,
    options: ['ConcatenationOptions', {}],
    inputs: [],
  },
  { builtin: 'SHAPE', because: /writes sizes of type float32/ },
  {
    builtin: 'SHAPE',
    because: /has shape 3 in the file for 4 values/,
    options: ['ShapeOptions', { 0: 2 }],
    output: { shape: [3], type: 2 },
  },
  ...['TRANSPOSE', 'SLICE', 'SPLIT_V', 'PADV2', 'BATCH_TO_SPACE_ND', 'GATHER', 'ARG_MAX', 'SPLIT'].map(
    (builtin) => ({
      builtin,
      because: /lacks input|gathers by|writes indices/,
      inputs: builtin === 'SPLIT' ? [numbers(0)] : [image],
    }),
  ),
];

REFUSALS.forEach(({ builtin, because, options, inputs = [image], outputs = 1, output = result }, number) => {
  test(`refused: ${builtin} because ${because.source} (${number})`, () => {
    const isRead = inputs.includes(image) || inputs.some(({ data }) => data === undefined);
    const tensors = [...(isRead ? [] : [image]), ...new Set(inputs)];
    const operator = {
      code: BUILTINS.indexOf(builtin),
      inputs: inputs.map((tensor) => tensors.indexOf(tensor)),
      outputs: Array.from({ length: outputs }, (_, i) => tensors.length + i),
      ...(options && { optionsType: OPTIONS[options[0]].code, options: options[1] }),
    };
    const input = Math.max(
      0,
      tensors.findIndex(({ data }) => data === undefined),
    );
    const model = {
      tensors: [...tensors, ...operator.outputs.map(() => output)],
      operators: [operator],
      inputs: [input],
      outputs: operator.outputs.slice(0, 1),
    };
    const message = refusal(writeModel(model));
    assert.match(message, because);
    assert.match(message, new RegExp(`operator 0 ${builtin} `));
  });
});
