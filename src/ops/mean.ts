import { quantizeMultiplier, type Tensor } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { type ReduceAttributes, reducedShape, reductionOf } from './support/reduce.js';
import { applyRescale, clampInto, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

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

/** The multiplier takes in 1/count by a truncating division, after a shift that keeps its bits. */
function requantization({ inputs, outputs, attributes }: Site<ReduceAttributes>) {
  const [input] = inputs as [Tensor];
  const [output] = outputs as [Tensor];
  const count = reductionOf(input, attributes).offsets.length;
  const ratio = tensorScale(input) / tensorScale(output);
  const { multiplier, shift } = quantizeMultiplier(ratio);
  const countShift = Math.min(31 - Math.clz32(count), 32, 31 + shift);
  const folded = Number((BigInt(multiplier) << BigInt(countShift)) / BigInt(count));
  return {
    accumulator: 'int32',
    rescales: { output: { factor: ratio / count, multiplier: folded, shift: shift - countShift } },
    ...zeroPointsAndClamp(inputs, output),
  } satisfies Requantization;
}

/** TensorFlow Lite kernels/internal/reference/reduce.h, `QuantizedMeanOrSum`. */
const integer: Kernel<ReduceAttributes> = {
  requantization,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const { bases, offsets } = reductionOf(site.inputs[0]!, site.attributes);
    const facts = requantization(site);
    const inputZeroPoint = facts.inputZeroPoints[0]!;
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return (trace) => {
      for (let i = 0; i < bases.length; i++) {
        let sum = 0;
        for (const offset of offsets) sum += x[bases[i]! + offset]! - inputZeroPoint;
        const accumulator = sum | 0;
        const value = applyRescale(accumulator, facts.rescales.output, rounding);
        store(i, accumulator, value + facts.outputZeroPoint, trace);
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
