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
