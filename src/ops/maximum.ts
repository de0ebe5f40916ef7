import { defineOp } from './define.js';
import { elementwiseChoice, elementwiseShapes } from './support/elementwise.js';
import { forEveryDType } from './support/move.js';

/** TensorFlow Lite kernels/maximum_minimum.cc: of equal values, and beside NaN, the second. */
const kernel = elementwiseChoice((a, b) => (a > b ? a : b));

/** The larger of two elements, broadcast as NumPy does. */
export const maximum = defineOp({
  name: 'maximum',
  inferShapes: (inputs, _attributes: unknown) => elementwiseShapes(inputs),
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
