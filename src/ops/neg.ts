import { defineOp, type Kernel } from './define.js';
import { floatFunction } from './support/function.js';

/** The same for whole numbers: those of 64 bits are bigints, which have a sign as well. */
const kernel: Kernel<unknown> = floatFunction((x) => -x);

/** The value with the other sign (TensorFlow Lite kernels/neg.cc, which has no kernels for quantized values). */
export const neg = defineOp({
  name: 'neg',
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  kernels: { float32: kernel, int32: kernel, int64: kernel },
});
