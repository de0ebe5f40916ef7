import { expm1 } from '../core/index.js';
import { defineOp, type Site } from './define.js';
import { byteFunction, floatFunction } from './support/function.js';

export interface EluAttributes {
  /** The output comes close to −alpha far below 0. */
  readonly alpha: number;
}

/** TensorFlow Lite kernels/activations.cc, `EluPrepare`, whose alpha is 1. */
const evaluate = (x: number, { attributes: { alpha } }: Site<EluAttributes>): number =>
  x < 0 ? Math.fround(Math.fround(alpha) * Math.fround(expm1(x))) : x;

/**
 * The exponential linear unit: x, and alpha·(e^x − 1) below 0. TensorFlow's converter leaves it in float; the integer kernel
 * serves files in which it is quantized.
 */
export const elu = defineOp({
  name: 'elu',
  isActivation: true,
  inferShapes: ([input], _attributes: EluAttributes) => [[...input!.shape]],
  macs: () => 0,
  kernels: { float32: floatFunction(evaluate), int8: byteFunction(evaluate) },
});
