import { expOnNegativeValues } from '../../core/index.js';
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
 */
export function differenceFacts(scale: number) {
  const difference = rescaleBy(Math.min(scale * 2 ** (31 - DIFFERENCE_INTEGER_BITS), MAX_FACTOR));
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
