import type { Tensor } from '../../src/core/index.js';
import { inferShapes, type OpName } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';

/** Attributes and input shapes that do not fit, and what the message must say. */
const MISFITS: readonly (readonly [OpName, object, readonly (readonly number[])[], RegExp])[] = [
  ['add', {}, [[2, 3], [2]], /cannot combine shapes 2×3 and 2/],
  ['mean', { axes: [4], keepDims: true }, [[1, 2, 3, 4]], /reduces axis 4 of an input of shape 1×2×3×4/],
  ['reduce_max', { axes: [-3], keepDims: true }, [[2, 2]], /reduces axis -3/],
  ['pad', { paddings: [[1, 1]] }, [[2, 2]], /paddings for 1 dimensions, its input has 2/],
  ['pad', { paddings: [[-1, 1]] }, [[2]], /negative padding/],
  ['slice', { begin: [1], size: [2] }, [[2]], /cannot take 2 from \[1\] of an input of shape 2/],
  ['slice', { begin: [0], size: [2] }, [[2, 2]], /cannot take/],
  ['concatenation', { axis: 1 }, [[2], [2]], /concatenates axis 1 of an input of shape 2/],
  [
    'concatenation',
    { axis: 0 },
    [
      [2, 2],
      [2, 3],
    ],
    /cannot concatenate 2×2 and 2×3 along axis 0/,
  ],
  ['slice', { begin: [3], size: [2], strides: [-4] }, [[4]], /cannot take 2 from \[3\]/],
  ['slice', { begin: [0], size: [1], strides: [0] }, [[4]], /cannot take/],
  ['arg_max', { axis: 2 }, [[1, 4]], /searches axis 2 of an input of shape 1×4/],
  ['transpose', { permutation: [0, 0] }, [[2, 3]], /in the order \[0, 0\]/],
  ['gather', { axis: 1, batchDims: 0 }, [[4], [2]], /cannot gather along axis 1 of 4/],
  [
    'mirror_pad',
    { paddings: [[2, 0]], mode: 'reflect' },
    [[2]],
    /cannot mirror an input of shape 2 by \[2, 0\]/,
  ],
  ['depth_to_space', { blockSize: 1.5 }, [[1, 2, 2, 4]], /has a block size of 1.5/],
  ['space_to_depth', { blockSize: 2 }, [[1, 2, 2]], /needs an NHWC image/],
  [
    'space_to_batch_nd',
    { blockShape: [2], paddings: [[0, 0]] },
    [[1, 3, 1]],
    /cannot divide the padded 1×3×1/,
  ],
  [
    'batch_to_space_nd',
    { blockShape: [2], crops: [[0, 0]] },
    [[3, 2, 1]],
    /cannot make blocks of 2, cropped/,
  ],
  ['reshape', { shape: [5] }, [[2, 3]], /cannot give an input of shape 2×3 the shape 5/],
  ['softmax', { beta: 1 }, [[]], /at least one dimension/],
  [
    'max_pool_2d',
    { padding: 'valid', strides: [1, 1], filter: [3, 3] },
    [[1, 2, 2, 1]],
    /3×3 window, larger than/,
  ],
  ['average_pool_2d', { padding: 'same', strides: [1, 1], filter: [3, 3] }, [[2, 2]], /needs an NHWC image/],
  ['resize_bilinear', { size: [2, 2] }, [[1, 2, 2]], /needs an NHWC image, got shape 1×2×2/],
  ['resize_nearest_neighbor', { size: [0, 2] }, [[1, 2, 2, 1]], /resizes to 0×2/],
  [
    'resize_bilinear',
    { size: [2, 2], alignCorners: true, halfPixelCenters: true },
    [[1, 2, 2, 1]],
    /cannot both align corners and have half pixel centers/,
  ],
  ['prelu', {}, [[2, 1], [3]], /has slopes of shape 3 for an input of shape 2×1/],
  [
    'transpose_conv',
    { padding: 'same', strides: [2, 2], outputSize: [5, 7] },
    [
      [1, 3, 3, 2],
      [4, 3, 3, 2],
    ],
    /cannot make an output of 5×7 from an input of shape 1×3×3×2/,
  ],
  [
    'transpose_conv',
    { padding: 'same', strides: [2, 2], outputSize: [6, 6] },
    [
      [1, 3, 3, 2],
      [4, 3, 3, 1],
    ],
    /cannot apply weights 4×3×3×1 to input 1×3×3×2/,
  ],
  [
    'batch_norm',
    { epsilon: 1 },
    [[1, 3], [3], [3], [2], [3]],
    /2 values in input 3 for an input of shape 1×3/,
  ],
];

for (const [op, attributes, shapes, message] of MISFITS)
  test(`${op} ${JSON.stringify(attributes)} of ${shapes.join(' and ')} is refused`, () => {
    const inputs = shapes.map((shape, i): Tensor => ({ name: `input ${i}`, shape, dtype: 'float32' }));
    assert.throws(() => inferShapes(op, inputs, attributes, 'layer 3 x (Y)'), message);
    assert.throws(() => inferShapes(op, inputs, attributes, 'layer 3 x (Y)'), /^layer 3 x \(Y\): /);
  });
