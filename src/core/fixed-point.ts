import { frexp, roundHalfAwayFromZero } from './math.js';
import type { Numerics } from './numerics.js';

/**
 * A positive real factor as hardware applies it: `multiplier / 2^31 × 2^shift`, multiplier in [2^30, 2^31) or 0.
 * A negative `shift` is a right shift.
 */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

const INT32_MAX = 2147483647;
const INT32_MIN = -2147483648;

/**
 * The fixed-point form of a factor ≥ 0 (TensorFlow Lite `QuantizeMultiplier`, kernels/internal/quantization_util.cc).
 * Factors below 2^−32 become 0; above 2^30 the largest multiplier and shift 30.
 */
export function quantizeMultiplier(factor: number): QuantizedMultiplier {
  if (factor === 0) return { multiplier: 0, shift: 0 };
  const { fraction, exponent } = frexp(factor);
  let multiplier = roundHalfAwayFromZero(fraction * 2 ** 31);
  let shift = exponent;
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift += 1;
  }
  if (shift < -31) return { multiplier: 0, shift: 0 };
  if (shift > 30) return { multiplier: INT32_MAX, shift: 30 };
  return { multiplier, shift };
}

/** Exact floor((a·b + addend) / 2^31) for int32 a, b and an addend in [0, 2^31]: 64-bit arithmetic in two float64 halves. */
function shiftedProduct(a: number, b: number, addend: number): number {
  const highProduct = (a >> 16) * b;
  const lowProduct = (a & 0xffff) * b;
  const quotient = Math.floor(highProduct / 32768);
  const remainder = highProduct - quotient * 32768;
  return quotient + Math.floor((remainder * 65536 + lowProduct + addend) / 2147483648);
}

/**
 * round(a·b / 2^31) for int32 a, b, halves up; saturates the one overflow, −2^31 · −2^31.
 * gemmlowp `SaturatingRoundingDoublingHighMul`: its truncating division by 2^31 after a signed nudge is this floor.
 */
export function saturatingRoundingDoublingHighMul(a: number, b: number): number {
  if (a === INT32_MIN && b === INT32_MIN) return INT32_MAX;
  return shiftedProduct(a, b, 1073741824);
}

/** x / 2^exponent for int32 x and exponent in [0, 31], rounded to nearest, halves away from zero. gemmlowp `RoundingDivideByPOT`. */
export function roundingDivideByPot(x: number, exponent: number): number {
  const mask = exponent === 31 ? INT32_MAX : (1 << exponent) - 1;
  const remainder = x & mask;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/**
 * x · multiplier / 2^31 · 2^shift for an int32 accumulator, as TensorFlow Lite's `MultiplyByQuantizedMultiplier`
 * (kernels/internal/common.cc, double rounding). A left shift wraps around as int32 does there.
 * With rounding `floor` the right shift is a plain arithmetic one.
 */
export function multiplyByQuantizedMultiplier(
  x: number,
  multiplier: number,
  shift: number,
  rounding: Numerics['rounding'] = 'nearest',
): number {
  if (shift > 0) return saturatingRoundingDoublingHighMul(Math.imul(x, 2 ** shift), multiplier);
  const high = saturatingRoundingDoublingHighMul(x, multiplier);
  return rounding === 'nearest' ? roundingDivideByPot(high, -shift) : high >> -shift;
}

/** A multiplier as the arithmetic of 64-bit accumulators takes it: 15 bits, `multiplier / 2^15 × 2^shift`. */
export const reducedMultiplier = (multiplier: number): number =>
  multiplier < 0x7fff0000 ? (multiplier + 0x8000) >> 16 : 0x7fff;

/**
 * The same for accumulators of 64 bits, |x| < 2^47: the multiplier is reduced to 15 bits first
 * (TensorFlow Lite's 16x8, the int64 overload of `MultiplyByQuantizedMultiplier`). Rounds halves up; what is beyond 32 bits
 * wraps around, as the cast there does.
 */
export function multiplyByReducedMultiplier(
  x: number,
  multiplier: number,
  shift: number,
  rounding: Numerics['rounding'] = 'nearest',
): number {
  const reduced = reducedMultiplier(multiplier);
  const divisor = 2 ** (15 - shift);
  // The product may exceed 2^53: divide in two parts, x = high·2^24 + low.
  const highPart = Math.floor(x / 16777216);
  const high = highPart * reduced;
  const low = (x - highPart * 16777216) * reduced;
  const addend = rounding === 'nearest' ? divisor / 2 : 0;
  return divisor >= 16777216
    ? Math.floor((high + Math.floor((low + addend) / 16777216)) / (divisor / 16777216)) | 0
    : (high * (16777216 / divisor) + Math.floor((low + addend) / divisor)) | 0;
}

/** Requantizes one accumulator: the function that a kernel with these numerics uses. */
export function requantizer(
  numerics: Numerics,
): (accumulator: number, multiplier: number, shift: number) => number {
  const { rounding } = numerics;
  return numerics.accumulatorBits === 32
    ? (accumulator, multiplier, shift) =>
        multiplyByQuantizedMultiplier(accumulator, multiplier, shift, rounding)
    : (accumulator, multiplier, shift) =>
        multiplyByReducedMultiplier(accumulator, multiplier, shift, rounding);
}
