import type { Kernel, Requantization, Rescale, Site } from '../define.js';
import { type ReduceAttributes, reductionOf } from './reduce.js';
import { applyRescale, type StoreValue } from './requantize.js';

/** The float32 kernel of MEAN and SUM: the sum in memory order, every step rounded, then `finish(sum, count)`. */
export const floatSum = (finish: (sum: number, count: number) => number): Kernel<ReduceAttributes> => ({
  prepare({ inputs: [input], attributes }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const { bases, offsets } = reductionOf(input!, attributes);
    return () => {
      for (let i = 0; i < bases.length; i++) {
        let sum = 0;
        for (const offset of offsets) sum = Math.fround(sum + x[bases[i]! + offset]!);
        output[i] = finish(sum, offsets.length);
      }
    };
  },
});

/** The facts of a kernel that rescales sums. */
export type SumFacts = Requantization & { readonly rescales: { readonly output: Rescale } };

/**
 * The integer run of MEAN and SUM: Σ (x − Z_x) in int32, rescaled
 * (TensorFlow Lite kernels/internal/reference/reduce.h, `QuantizedMeanOrSum`).
 */
export function rescaledSums(
  { inputs: [input], attributes, numerics: { rounding } }: Site<ReduceAttributes>,
  { rescales, inputZeroPoints, outputZeroPoint }: SumFacts,
  x: ArrayLike<number>,
  store: StoreValue,
): ReturnType<Kernel<ReduceAttributes>['prepare']> {
  const { bases, offsets } = reductionOf(input!, attributes);
  const inputZeroPoint = inputZeroPoints[0]!;
  return (trace) => {
    for (let i = 0; i < bases.length; i++) {
      let sum = 0;
      for (const offset of offsets) sum += x[bases[i]! + offset]! - inputZeroPoint;
      const accumulator = sum | 0;
      store(i, accumulator, applyRescale(accumulator, rescales.output, rounding) + outputZeroPoint, trace);
    }
  };
}
