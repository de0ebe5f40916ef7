import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  scaleOf,
  zeroPointOf,
} from '../../core/index.js';
import type { Kernel } from '../define.js';
import { integerActivationRange } from './activation.js';
import { type ElementwiseAttributes, elementwisePlan, elementwiseRun } from './elementwise.js';

/**
 * The integer kernel of a + b and a − b (`sign` −1): both inputs are shifted left (20 bits for 8-bit values, 15 above),
 * rescaled to twice the larger scale, combined, and rescaled to the output.
 * TensorFlow Lite kernels/internal/reference/integer_ops/add.h and kernels/add.cc, `PrepareGeneralAdd`. With rounding
 * `floor` all three rescales truncate. The trace's accumulator is the sum before the last rescale.
 */
export const scaledSum = (sign: 1 | -1): Kernel<ElementwiseAttributes> => ({
  plan: elementwisePlan,
  prepare(site, buffers) {
    const [a, b] = site.inputs;
    const quantization = site.outputs[0]!.quantization!;
    const output = buffers.outputs[0]!;
    const leftShift = 2 ** (quantization.bits > 8 ? 15 : 20);
    const scaleA = scaleOf(a!.quantization, a!.name);
    const scaleB = scaleOf(b!.quantization, b!.name);
    const twiceMaxScale = 2 * Math.max(scaleA, scaleB);
    const factorA = quantizeMultiplier(scaleA / twiceMaxScale);
    const factorB = quantizeMultiplier(scaleB / twiceMaxScale);
    const factorOut = quantizeMultiplier(
      twiceMaxScale / (leftShift * scaleOf(quantization, site.outputs[0]!.name)),
    );
    const zeroPointA = zeroPointOf(a!.quantization, a!.name);
    const zeroPointB = zeroPointOf(b!.quantization, b!.name);
    const zeroPoint = zeroPointOf(quantization, site.outputs[0]!.name);
    const { min, max } = integerActivationRange(site.attributes.activation, quantization);
    const { rounding } = site.numerics;
    return elementwiseRun(site, buffers, (index, qA, qB, trace) => {
      const scaledA = multiplyByQuantizedMultiplier(
        (qA - zeroPointA) * leftShift,
        factorA.multiplier,
        factorA.shift,
        rounding,
      );
      const scaledB = multiplyByQuantizedMultiplier(
        (qB - zeroPointB) * leftShift,
        factorB.multiplier,
        factorB.shift,
        rounding,
      );
      const sum = (scaledA + sign * scaledB) | 0;
      const value =
        multiplyByQuantizedMultiplier(sum, factorOut.multiplier, factorOut.shift, rounding) + zeroPoint;
      output[index] = clamp(value, min, max);
      if (trace !== undefined) {
        trace.accumulators[index] = sum;
        trace.beforeClamp[index] = value;
      }
    });
  },
});
