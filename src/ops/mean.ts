import { quantizeMultiplier, type Tensor } from '../core/index.js';
import { defineOp, type Kernel, type Site } from './define.js';
import { type ReduceAttributes, reducedShape, reductionOf } from './support/reduce.js';
import { clampInto, tensorScale, zeroPointsAndClamp } from './support/requantize.js';
import { floatSum, rescaledSums, type SumFacts } from './support/sums.js';

/** TensorFlow Lite kernels/internal/reference/reduce.h, `Mean`. */
const float32 = floatSum((sum, count) => Math.fround(sum / count));

/** The multiplier takes in 1/count by a truncating division, after a shift that keeps its bits. */
function requantization({ inputs, outputs, attributes }: Site<ReduceAttributes>): SumFacts {
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
  };
}

const integer: Kernel<ReduceAttributes> = {
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const [x] = buffers.inputs as [Int8Array];
    return rescaledSums(site, facts, x, clampInto(buffers.outputs[0]!, facts));
  },
};

/** Mean over whole dimensions. */
export const mean = defineOp({
  name: 'mean',
  inferShapes: ([input], attributes: ReduceAttributes) => [reducedShape(input!, attributes)],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['requantize'] },
  kernels: { float32, int8: integer, uint8: integer, int16: integer },
});
