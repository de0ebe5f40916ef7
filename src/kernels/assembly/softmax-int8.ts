import { max32, min32 } from './integer';

const FORTY_EIGHT_SEVENTEENTHS = 1515870810;
const MINUS_THIRTY_TWO_SEVENTEENTHS = -1010580540;

/** Integer bits of the sum of the exponentials, Q12.19. */
const SUM_INTEGER_BITS = 12;

/** SaturatingRoundingDoublingHighMul, of numbers that need no saturation. */
@inline
function highMul(a: i32, b: i32): i32 {
  return <i32>((<i64>a * <i64>b + (1 << 30)) >> 31);
}

/** RoundingDivideByPOT. */
@inline
function divideByPot(x: i32, exponent: i32): i32 {
  const mask = (1 << exponent) - 1;
  const threshold = (mask >> 1) + i32(x < 0);
  return (x >> exponent) + i32((x & mask) > threshold);
}

/** x · 2^exponent, saturated. */
@inline
function shiftLeft(x: i32, exponent: i32): i32 {
  const threshold = (1 << (31 - exponent)) - 1;
  if (x > threshold) return i32.MAX_VALUE;
  return x < -threshold ? i32.MIN_VALUE : x << exponent;
}

/** 1 / (1 + a) in Q0.31 from (1 + a) / 2, as `oneOverOnePlusX` of `src/core`. */
function reciprocalOf(halfDenominator: i32): i32 {
  let x = FORTY_EIGHT_SEVENTEENTHS + highMul(halfDenominator, MINUS_THIRTY_TWO_SEVENTEENTHS);
  for (let step = 0; step < 3; step++)
    x += shiftLeft(highMul(x, (1 << 29) - highMul(halfDenominator, x)), 2);
  return shiftLeft(x, 1);
}

/** The exponential of a difference from the row's maximum, Q0.31. */
@inline
function exponentialOf(exponentials: usize, largest: i32, x: usize): i32 {
  return load<i32>(exponentials + (<usize>(largest - load<i8>(x)) << 2));
}

/**
 * Softmax of every row, int8. The output may be the input.
 * @param depth elements of a row, at most 4096
 * @param exponentials e^−d in Q0.31 for the 256 differences d from the row's maximum
 * @param bits of the output's integers, which begin at `clampMin`
 */
export function softmax_int8(
  input: usize,
  output: usize,
  rows: i32,
  depth: i32,
  exponentials: usize,
  bits: i32,
  clampMin: i32,
  clampMax: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let largest = -128;
    for (let i = 0; i < depth; i++) largest = max32(largest, load<i8>(input + i));
    let sum = 0;
    for (let i = 0; i < depth; i++)
      sum += divideByPot(exponentialOf(exponentials, largest, input + i), SUM_INTEGER_BITS);
    const headroom = clz(sum);
    const reciprocal = reciprocalOf(<i32>(<u32>(sum << headroom) >> 1));
    const shift = SUM_INTEGER_BITS - headroom + 31 - bits;
    for (let i = 0; i < depth; i++) {
      const product = highMul(reciprocal, exponentialOf(exponentials, largest, input + i));
      const value = divideByPot(product, shift) + clampMin;
      store<i8>(output + i, min32(max32(value, clampMin), clampMax));
    }
    input += depth;
    output += depth;
  }
}
