import {
  clamp,
  integerRange,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  scaleOf,
  zeroPointOf,
} from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { type ReduceAttributes, reducedShape, reductionOf } from './support/reduce.js';

/** TensorFlow Lite kernels/internal/reference/reduce.h, `Mean`: the sum in memory order, divided by the count. */
const float32: Kernel<ReduceAttributes> = {
  prepare({ inputs: [input], attributes }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const { bases, offsets } = reductionOf(input!, attributes);
    return () => {
      for (let i = 0; i < bases.length; i++) {
        let sum = 0;
        for (const offset of offsets) sum = Math.fround(sum + x[bases[i]! + offset]!);
        output[i] = Math.fround(sum / offsets.length);
      }
    };
  },
};

/**
 * TensorFlow Lite kernels/internal/reference/reduce.h, `QuantizedMeanOrSum`: the multiplier takes in 1/count by a
 * truncating division, after a shift that keeps its bits.
 */
const integer: Kernel<ReduceAttributes> = {
  prepare({ inputs: [input], outputs: [out], attributes, numerics: { rounding } }, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0]!;
    const { bases, offsets } = reductionOf(input!, attributes);
    const count = offsets.length;
    const inputZeroPoint = zeroPointOf(input!.quantization, input!.name);
    const zeroPoint = zeroPointOf(out!.quantization, out!.name);
    const { min, max } = integerRange(out!.quantization!.bits, out!.quantization!.signed);
    const scale = quantizeMultiplier(
      scaleOf(input!.quantization, input!.name) / scaleOf(out!.quantization, out!.name),
    );
    const countShift = Math.min(31 - Math.clz32(count), 32, 31 + scale.shift);
    const multiplier = Number((BigInt(scale.multiplier) << BigInt(countShift)) / BigInt(count));
    const shift = scale.shift - countShift;
    return (trace) => {
      for (let i = 0; i < bases.length; i++) {
        let sum = 0;
        for (const offset of offsets) sum += x[bases[i]! + offset]! - inputZeroPoint;
        const accumulator = sum | 0;
        const value = multiplyByQuantizedMultiplier(accumulator, multiplier, shift, rounding) + zeroPoint;
        output[i] = clamp(value, min, max);
        if (trace !== undefined) {
          trace.accumulators[i] = accumulator;
          trace.beforeClamp[i] = value;
        }
      }
    };
  },
};

/** Mean over whole dimensions. */
export const mean = defineOp({
  name: 'mean',
  inferShapes: ([input], attributes: ReduceAttributes) => [reducedShape(input!, attributes)],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['requantize'] },
  kernels: { float32, int8: integer, int16: integer },
});
