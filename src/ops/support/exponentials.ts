import { expOnNegativeValues, inputError } from '../../core/index.js';
import type { Requantization } from '../define.js';
import { applyRescale, rescaleBy } from './requantize.js';

/** Integer bits of the scaled differences, Q5.26, and of the sum of the exponentials, Q12.19. */
export const DIFFERENCE_INTEGER_BITS = 5;
export const SUM_INTEGER_BITS = 12;

/** The largest factor that fits the fixed-point form; exponentials of any difference vanish long before. */
const MAX_FACTOR = 2147483647;

/**
 * How differences from a row's maximum become Q5.26, given the real of one step, and the smallest whose exponential counts
 * (TensorFlow Lite kernels/internal/quantization_util.cc, `PreprocessSoftmaxScaling` and `CalculateInputRadius`).
 * @throws QpannError for a step of up to 2^−26
 */
export function differenceFacts(scale: number) {
  const factor = scale * 2 ** (31 - DIFFERENCE_INTEGER_BITS);
  // `QuantizeMultiplierGreaterThanOne` ends the process.
  if (!(factor > 1))
    throw inputError(`has a step of ${scale} between values, too small for fixed-point exponentials`);
  const difference = rescaleBy(Math.min(factor, MAX_FACTOR));
  const largestScaled = (2 ** DIFFERENCE_INTEGER_BITS - 1) * 2 ** (31 - DIFFERENCE_INTEGER_BITS);
  return {
    rescales: { difference },
    constants: { smallestDifference: -Math.floor(largestScaled / 2 ** difference.shift) },
  } satisfies Pick<Requantization, 'rescales' | 'constants'>;
}

/** The exponential of a difference in Q0.31. */
export const exponentialOf =
  ({ rescales, constants }: ReturnType<typeof differenceFacts>) =>
  (difference: number): number =>
    difference < constants.smallestDifference
      ? 0
      : expOnNegativeValues(applyRescale(difference, rescales.difference));
