import { inputError, type Tensor } from '../../core/index.js';
import type { Kernel, Requantization, Site } from '../define.js';
import { type ElementwiseAttributes, elementwisePlan, elementwiseRun } from './elementwise.js';
import { applyRescale, clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './requantize.js';

/** Both inputs are rescaled to twice the larger scale (TensorFlow Lite kernels/add.cc, `PrepareGeneralAdd`). */
function requantization({ inputs, outputs, attributes }: Site<ElementwiseAttributes>) {
  const [a, b] = inputs as [Tensor, Tensor];
  const [output] = outputs as [Tensor];
  const leftShift = output.quantization!.bits > 8 ? 15 : 20;
  const twiceMaxScale = 2 * Math.max(tensorScale(a), tensorScale(b));
  const factor = twiceMaxScale / (2 ** leftShift * tensorScale(output));
  // `QuantizeMultiplierSmallerThanOneExp` ends the process.
  if (!(factor < 1)) throw inputError(`${output.name} has a scale too fine for sums of its inputs' scales`);
  return {
    accumulator: 'int32',
    constants: { leftShift },
    rescales: {
      a: rescaleBy(tensorScale(a) / twiceMaxScale),
      b: rescaleBy(tensorScale(b) / twiceMaxScale),
      output: rescaleBy(factor),
    },
    ...zeroPointsAndClamp(inputs, output, attributes.activation),
  } satisfies Requantization;
}

/**
 * The integer kernel of a + b and a − b (`sign` −1): both inputs are shifted left (20 bits for 8-bit values, 15 above),
 * rescaled, combined, and rescaled to the output. TensorFlow Lite kernels/internal/reference/integer_ops/add.h. With rounding
 * `floor` all three rescales truncate. The trace's accumulator is the sum before the last rescale.
 */
export const scaledSum = (sign: 1 | -1): Kernel<ElementwiseAttributes> => ({
  plan: elementwisePlan,
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const { a, b, output } = facts.rescales;
    const [zeroPointA, zeroPointB] = facts.inputZeroPoints as [number, number];
    const leftShift = 2 ** facts.constants.leftShift;
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return elementwiseRun(site, buffers, (index, qA, qB, trace) => {
      const scaledA = applyRescale((qA - zeroPointA) * leftShift, a, rounding);
      const scaledB = applyRescale((qB - zeroPointB) * leftShift, b, rounding);
      const sum = (scaledA + sign * scaledB) | 0;
      store(index, sum, applyRescale(sum, output, rounding) + facts.outputZeroPoint, trace);
    });
  },
});
