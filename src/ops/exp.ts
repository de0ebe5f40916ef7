import { exp as evaluateExp } from '../core/index.js';
import { defineOp } from './define.js';
import { byteFunction, floatFunction, int16Function } from './support/function.js';

const evaluate = (x: number): number => Math.fround(evaluateExp(x));

/** The exponential function. Its integer kernels are tables (TensorFlow Lite kernels/exp.cc). */
export const exp = defineOp({
  name: 'exp',
  isActivation: true,
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: [] },
  kernels: {
    float32: floatFunction(evaluate),
    int8: byteFunction(evaluate),
    int16: int16Function(evaluate),
  },
});
