import { min32 } from './integer';
import { addendOf, clampToInt8, nudgeOf, rescaleDoubled } from './requantize';
import { storeEightWithin, storeWithin } from './store';

/** So many int8 add up in int16. */
const CHUNK = 256;

/**
 * Σ (x − zero point) over the middle one of three dimensions, int8, rescaled to the output.
 * @param count elements that become one
 * @param inner the innermost dimension
 * @param leftShift bits by which sums are shifted left, one of them for the doubling
 */
export function mean_int8_8(
  input: usize,
  outer: i32,
  count: i32,
  inner: i32,
  output: usize,
  inputZeroPoint: i32,
  multiplier: i32,
  leftShift: i32,
  rightShift: i32,
  rounds: bool,
  outputZeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
): void {
  const offset = i32x4.splat(-count * inputZeroPoint);
  const factor = i32x4.splat(multiplier);
  const half = i64x2.splat(1 << 31);
  const addend = addendOf(rightShift, rounds);
  const nudge = nudgeOf(rightShift, rounds);
  const zeroPoint = i16x8.splat(<i16>outputZeroPoint);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  for (let block = 0; block < outer; block++) {
    for (let i = 0; i < inner; i += 8) {
      let low = offset;
      let high = offset;
      let x = input + i;
      for (let first = 0; first < count; first += CHUNK) {
        const end = x + <usize>(min32(count - first, CHUNK) * inner);
        let sum = i16x8.splat(0);
        for (; x < end; x += inner) sum = i16x8.add(sum, v128.load8x8_s(x));
        low = i32x4.add(low, i32x4.extend_low_i16x8_s(sum));
        high = i32x4.add(high, i32x4.extend_high_i16x8_s(sum));
      }
      const value = i16x8.narrow_i32x4_s(
        rescaleDoubled(i32x4.shl(low, leftShift), factor, half, rightShift, addend, nudge),
        rescaleDoubled(i32x4.shl(high, leftShift), factor, half, rightShift, addend, nudge),
      );
      storeEightWithin(output, i, inner, clampToInt8(value, zeroPoint, min, max));
    }
    input += count * inner;
    output += inner;
  }
}

/** The largest over the middle one of three dimensions, int8. */
export function max_int8_16(input: usize, outer: i32, count: i32, inner: i32, output: usize): void {
  for (let block = 0; block < outer; block++) {
    const end = input + <usize>(count * inner);
    for (let i = 0; i < inner; i += 16) {
      let largest = i8x16.splat(-128);
      for (let x = input + i; x < end; x += inner) largest = i8x16.max_s(largest, v128.load(x));
      storeWithin(output, i, inner, largest);
    }
    input = end;
    output += inner;
  }
}
