import type { DType } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { forEveryDType } from './support/move.js';

/**
 * A float as an integer: truncated. Where it does not fit C++ leaves open what happens; this is what x86 does, the smallest
 * integer.
 */
function truncated(x: number, bits: 32 | 64): number {
  const limit = 2 ** (bits - 1);
  return x > -limit && x < limit ? Math.trunc(x) : -limit;
}

/** The float32 nearest to a 64-bit integer. Above 53 bits the last one stands for all that are left out. */
function nearestFloat(x: bigint): number {
  if (BigInt.asIntN(53, x) === x) return Math.fround(Number(x));
  const sticky = (x & 4095n) === 0n ? 0n : 1n;
  return Math.fround(Number((x >> 12n) | sticky) * 4096);
}

/** The conversion of one value. Integers that do not fit lose their upper bits, as typed arrays store them. */
function conversion(from: DType, to: DType): (x: number | bigint) => number | bigint {
  if (from === 'int64') {
    if (to === 'int64') return (x) => x;
    if (to === 'float32') return (x) => nearestFloat(x as bigint);
    return (x) => Number(BigInt.asIntN(32, x as bigint));
  }
  if (from === 'float32' && to === 'int64') return (x) => BigInt(truncated(x as number, 64));
  if (from === 'float32' && to !== 'float32') return (x) => truncated(x as number, 32);
  if (to === 'int64') return (x) => BigInt(x);
  return (x) => x;
}

/** TensorFlow Lite kernels/cast.cc: the plain numbers, whatever quantization says. */
const kernel: Kernel<unknown> = {
  prepare({ inputs: [input], outputs: [out] }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const convert = conversion(input!.dtype, out!.dtype);
    return () => {
      for (let i = 0; i < x.length; i++) output[i] = convert(x[i]!) as number;
    };
  },
};

/** The same numbers in another type. */
export const cast = defineOp({
  name: 'cast',
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  kernels: forEveryDType(kernel),
});
