import type { QuantizedMultiplier } from './fixed-point.js';

/*
 * Arithmetic of int16 fixed-point numbers, as hard-swish uses it. All arguments and results are int16.
 */

const INT16_MAX = 32767;
const INT16_MIN = -32768;

const saturated = (value: number): number => Math.min(Math.max(value, INT16_MIN), INT16_MAX);

/** The multiplier rounded to 15 bits (TensorFlow Lite kernels/activations.cc, `DownScaleInt32ToInt16Multiplier`). */
export const to15Bits = ({ multiplier, shift }: QuantizedMultiplier): QuantizedMultiplier => ({
  multiplier: saturated(Math.floor((multiplier + 32768) / 65536)),
  shift,
});

/** round(a·b / 2^15), halves up; saturates −2^15 · −2^15. gemmlowp `SaturatingRoundingDoublingHighMul` of int16. */
export const saturatingRoundingDoublingHighMul16 = (a: number, b: number): number =>
  saturated(Math.floor((a * b + 16384) / 32768));

/** a·b / 2^15, truncated; saturates −2^15 · −2^15. TensorFlow Lite `SaturatingDoublingHighMul`. */
export const saturatingDoublingHighMul16 = (a: number, b: number): number =>
  saturated(Math.trunc((a * b) / 32768));

/** x · 2^amount, saturated. TensorFlow Lite `SaturatingLeftShift`. */
export const saturatingLeftShift16 = (x: number, amount: number): number => saturated(x * 2 ** amount);

/**
 * x / 2^exponent rounded to nearest, halves away from zero: gemmlowp `RoundingDivideByPOT` of int16. Above an exponent of 15
 * its mask does not fit int16: what comes out then is −1 for negative numbers and 1 for all others.
 */
export function roundingDivideByPot16(x: number, exponent: number): number {
  const mask = exponent > 15 ? -1 : 2 ** exponent - 1;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}
