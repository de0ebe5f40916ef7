import {
  type QuantizedMultiplier,
  roundingDivideByPot,
  saturatingRoundingDoublingHighMul,
} from './fixed-point.js';
import { exp, roundHalfAwayFromZero } from './math.js';

const INT32_MAX = 2147483647;
const INT32_MIN = -2147483648;

/** A real constant as an int32 with `fractionBits` bits after the binary point. */
const fixed = (value: number, fractionBits: number): number =>
  roundHalfAwayFromZero(value * 2 ** fractionBits);

/** x · 2^exponent for exponent > 0, saturated to int32 (gemmlowp `SaturatingRoundingMultiplyByPOT`). */
function saturatingShiftLeft(x: number, exponent: number): number {
  const threshold = 2 ** (31 - exponent) - 1;
  if (x > threshold) return INT32_MAX;
  if (x < -threshold) return INT32_MIN;
  return x << exponent;
}

const ONE_THIRD = fixed(1 / 3, 31);
const EXP_MINUS_ONE_EIGHTH = fixed(exp(-1 / 8), 31);

/** e^a in Q0.31 for a in [−1/4, 0) in Q0.31: the Taylor series around −1/8 up to the fourth power. */
function expBetweenMinusOneQuarterAndZero(a: number): number {
  const multiply = saturatingRoundingDoublingHighMul;
  const x = a + 2 ** 28;
  const x2 = multiply(x, x);
  const x3 = multiply(x2, x);
  const x4 = multiply(x2, x2);
  const higherTerms = roundingDivideByPot(multiply(roundingDivideByPot(x4, 2) + x3, ONE_THIRD) + x2, 1);
  return EXP_MINUS_ONE_EIGHTH + multiply(EXP_MINUS_ONE_EIGHTH, x + higherTerms);
}

/** e^−¼, e^−½, e^−1, … e^−16 in Q0.31: the factors of the bits above one quarter. */
const EXP_OF_BITS: readonly number[] = [-2, -1, 0, 1, 2, 3, 4].map((bit) => fixed(exp(-(2 ** bit)), 31));

/**
 * e^a in Q0.31 for a ≤ 0 in Q5.26 (gemmlowp fixedpoint.h, `exp_on_negative_values`): a series for the part below one
 * quarter, times one constant for each bit above.
 */
export function expOnNegativeValues(a: number): number {
  if (a === 0) return INT32_MAX;
  const oneQuarter = 2 ** 24;
  const fraction = (a & (oneQuarter - 1)) - oneQuarter;
  const quarters = fraction - a;
  let result = expBetweenMinusOneQuarterAndZero(fraction << 5);
  for (let bit = 0; bit < EXP_OF_BITS.length; bit++)
    if ((quarters & (oneQuarter << bit)) !== 0)
      result = saturatingRoundingDoublingHighMul(result, EXP_OF_BITS[bit]!);
  return result;
}

const FORTY_EIGHT_SEVENTEENTHS = fixed(48 / 17, 29);
const MINUS_THIRTY_TWO_SEVENTEENTHS = fixed(-32 / 17, 29);

/**
 * 1 / (1 + a) in Q0.31 for a in (0, 1) in Q0.31: three Newton steps on half the denominator
 * (gemmlowp fixedpoint.h, `one_over_one_plus_x_for_x_in_0_1`).
 */
export function oneOverOnePlusX(a: number): number {
  const multiply = saturatingRoundingDoublingHighMul;
  const halfDenominator = Math.floor((a + 2 ** 31) / 2);
  let x = FORTY_EIGHT_SEVENTEENTHS + multiply(halfDenominator, MINUS_THIRTY_TWO_SEVENTEENTHS);
  for (let step = 0; step < 3; step++) {
    const error = 2 ** 29 - multiply(halfDenominator, x);
    x += saturatingShiftLeft(multiply(x, error), 2);
  }
  return saturatingShiftLeft(x, 1);
}

/** 1/x as a mantissa of 31 bits after the binary point, in (½, 1], and a power of two. */
export interface Reciprocal {
  readonly mantissa: number;
  /** 1/x = mantissa · 2^−exponent. */
  readonly exponent: number;
}

/** 1/x of an integer in [1, 2^31) (TensorFlow Lite kernels/internal/common.h, `GetReciprocal` with 31 integer digits). */
export function reciprocal(x: number): Reciprocal {
  const headroom = Math.clz32(x);
  return { mantissa: oneOverOnePlusX(x * 2 ** headroom - 2 ** 31), exponent: 31 - headroom };
}

const HALF_SQRT_2 = fixed(Math.SQRT1_2, 31);

/**
 * 1/√x of an integer ≥ 0 as a multiplier and a shift: five Newton steps in Q3.28 from 1, for x scaled into [¼, 1) by powers of
 * four (TensorFlow Lite kernels/internal/common.h, `GetInvSqrtQuantizedMultiplierExp`). 0 counts as 1.
 */
export function inverseSquareRoot(x: number): QuantizedMultiplier {
  if (x <= 1) return { multiplier: INT32_MAX, shift: 0 };
  const multiply = saturatingRoundingDoublingHighMul;
  let scaled = x;
  let rightShift = 11;
  for (; scaled >= 2 ** 29; rightShift++) scaled = Math.floor(scaled / 4);
  const leftShiftPairs = Math.floor((Math.clz32(scaled) - 1) / 2) - 1;
  rightShift -= leftShiftPairs;
  const input = (scaled * 4 ** leftShiftPairs) >> 1;
  const halfInput = roundingDivideByPot(input, 1);
  const threeHalves = 3 * 2 ** 27;
  let root = 2 ** 28;
  for (let step = 0; step < 5; step++) {
    const cube = saturatingShiftLeft(multiply(multiply(root, root), root), 6);
    root = saturatingShiftLeft(multiply(threeHalves, root) - multiply(halfInput, cube), 3);
  }
  const multiplier = multiply(root, HALF_SQRT_2);
  return rightShift < 0
    ? { multiplier: multiplier * 2 ** -rightShift, shift: 0 }
    : { multiplier, shift: -rightShift };
}

/** Entries of an interpolated table over the int16 numbers: one every 128, and the end. */
const INT16_TABLE_STEPS = 512;

/**
 * A table of `transform` over the int16 numbers q, which stand for the reals `inputMin + (q + 32768)·step`; its values
 * are int16 numbers of scale `outputScale`. Each entry carries half the interpolation error at the middle of its step
 * (TensorFlow Lite kernels/internal/common.h, `LUTPopulateInt16`).
 * @param precision rounds every step: `Math.fround` for a table that is computed in float32
 */
export function int16Table(
  inputMin: number,
  inputMax: number,
  outputScale: number,
  transform: (value: number) => number,
  precision: (value: number) => number = Number,
): Int16Array {
  const p = precision;
  const round = roundHalfAwayFromZero;
  const saturated = (value: number): number => Math.min(Math.max(value, -32768), 32767);
  const perUnit = p(65536 / p(p(outputScale * 32767) - p(outputScale * -32768)));
  const step = p(p(inputMax - inputMin) / INT16_TABLE_STEPS);
  const steps = (x: number): number => p(p(transform(x)) * perUnit);
  const table = new Int16Array(INT16_TABLE_STEPS + 1);
  for (let i = 0; i < INT16_TABLE_STEPS; i++) {
    const start = p(inputMin + p(i * step));
    const next = p(inputMin + p((i + 1) * step));
    const value = round(steps(start));
    const interpolated = round(p(p(steps(next) + value) / 2));
    const error = p(interpolated - round(steps(p(start + step / 2))));
    table[i] = saturated(p(value - round(p(error / 2))));
  }
  table[INT16_TABLE_STEPS] = saturated(round(steps(inputMax)));
  return table;
}

/** An integer as int16 holds it: its lower 16 bits. */
const toInt16 = (value: number): number => (value << 16) >> 16;

/**
 * Looks up an int16 number, interpolating linearly (TensorFlow Lite kernels/internal/common.h, `LUTLookup`). Slope and result
 * wrap around as int16 does there.
 */
export function lookUpInt16(table: Int16Array, q: number): number {
  const index = 256 + (q >> 7);
  const base = table[index]!;
  const slope = toInt16(table[index + 1]! - base);
  return toInt16(base + ((slope * (q & 127) + 64) >> 7));
}

const FOURTH_ROOT_OF_2 = Math.sqrt(Math.SQRT2);
const LOG_2 = fixed(Math.LN2, 31);
const SQRT_HALF = fixed(Math.SQRT1_2, 31);
const FOURTH_ROOT_OF_HALF = fixed(Math.sqrt(Math.SQRT1_2), 31);
/** Coefficients of the rational approximation around the fourth root of ½. */
const NUMERATOR = fixed((11 / 240) * FOURTH_ROOT_OF_2, 31);
const DENOMINATOR_SQUARE = fixed(FOURTH_ROOT_OF_2 / 20, 31);
const DENOMINATOR_CONSTANT = fixed(2 / FOURTH_ROOT_OF_2 - FOURTH_ROOT_OF_2, 31);
const DENOMINATOR_LINEAR = fixed(FOURTH_ROOT_OF_2 / 4, 31);

const INPUT_INTEGER_BITS = 12;
/** The logarithm is added up in Q6.25. */
const ONE = 2 ** 25;

/**
 * ln x in Q5.26 for x ≥ 1 in Q12.19 (TensorFlow Lite kernels/internal/common.h,
 * `log_x_for_x_greater_than_or_equal_to_1_impl<5, 12>`): x = r·2^n with n a multiple of ½ and r near the fourth root of ½, a
 * rational approximation of ln r, plus n·ln 2.
 */
export function logOfAtLeastOne(x: number): number {
  const multiply = saturatingRoundingDoublingHighMul;
  const headroom = Math.clz32(x);
  const halved = multiply(saturatingShiftLeft(x, headroom - 1), SQRT_HALF);
  const headroomOfRoot = Math.clz32(multiply(x, SQRT_HALF)) - 1;
  const r = Math.min(saturatingShiftLeft(halved, 1), saturatingShiftLeft(x, headroomOfRoot));
  const power = Math.max(
    (INPUT_INTEGER_BITS - headroom) * ONE + ONE / 4,
    (INPUT_INTEGER_BITS - headroomOfRoot) * ONE - ONE / 4,
  );
  const p = Math.trunc((r + FOURTH_ROOT_OF_HALF + 1) / 2);
  const q = 2 * (r - FOURTH_ROOT_OF_HALF);
  const square = multiply(q, q);
  const numerator = multiply(q, r) + multiply(multiply(q, square), NUMERATOR);
  const denominator =
    multiply(p, DENOMINATOR_CONSTANT + q + multiply(DENOMINATOR_SQUARE, square)) +
    multiply(DENOMINATOR_LINEAR, q);
  const logOfR = multiply(roundingDivideByPot(numerator, 6), oneOverOnePlusX(denominator));
  return saturatingShiftLeft(multiply(power, LOG_2) + logOfR, 1);
}
