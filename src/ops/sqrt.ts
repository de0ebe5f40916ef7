import { defineOp } from './define.js';
import { floatFunction } from './support/function.js';

/** The square root, in float (TensorFlow Lite kernels/elementwise.cc). NaN below 0. */
export const sqrt = defineOp({
  name: 'sqrt',
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  kernels: { float32: floatFunction(Math.sqrt) },
});
