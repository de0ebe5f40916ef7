import { addendOf, nudgeOf, rescaleDoubled } from './requantize';
import { rowOf } from './rows';
import { storeWithin } from './store';

/** Bits that operands are shifted left before they are rescaled, and one for the doubling. */
const LEFT = 16;

/**
 * a + b or a − b of int16 operands with zero points 0, row by row: both are rescaled, then the result is.
 * @param subtracts 1 for a − b, else 0
 * @param rows rows of `bytes` bytes, one after the other in the output
 * @param stepA, stepB bytes from one row of an operand to the next
 * @param maskA, maskB −1 where an operand has an element for each of the output's row, 0 where it has one for all
 * @param rightA, rightB, rightOutput right shifts, up to 30
 * @param half 2^31: a constant would be made anew at each use
 * @param scratch 32 bytes
 */
export function sum_int16_8(
  subtracts: bool,
  a: usize,
  b: usize,
  output: usize,
  rows: i32,
  bytes: i32,
  stepA: i32,
  stepB: i32,
  maskA: i32,
  maskB: i32,
  multiplierA: i32,
  rightA: i32,
  multiplierB: i32,
  rightB: i32,
  multiplierOutput: i32,
  rightOutput: i32,
  rounds: bool,
  half: i64,
  clampMin: i32,
  clampMax: i32,
  scratch: usize,
): void {
  const halves = i64x2.splat(half);
  const factorA = i32x4.splat(multiplierA);
  const factorB = i32x4.splat(multiplierB);
  const factor = i32x4.splat(multiplierOutput);
  const addendA = addendOf(rightA, rounds);
  const addendB = addendOf(rightB, rounds);
  const addend = addendOf(rightOutput, rounds);
  const nudgeA = nudgeOf(rightA, rounds);
  const nudgeB = nudgeOf(rightB, rounds);
  const nudge = nudgeOf(rightOutput, rounds);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  const sign = i32x4.splat(subtracts ? -1 : 0);
  for (let row = 0; row < rows; row++) {
    const rowA = rowOf(2, a, maskA, scratch);
    const rowB = rowOf(2, b, maskB, scratch + 16);
    for (let i = 0; i < bytes; i += 16) {
      const x = v128.load(rowA + (i & maskA));
      const y = v128.load(rowB + (i & maskB));
      const lowX = shifted(i32x4.extend_low_i16x8_s(x), factorA, halves, rightA, addendA, nudgeA);
      const highX = shifted(i32x4.extend_high_i16x8_s(x), factorA, halves, rightA, addendA, nudgeA);
      const lowY = shifted(i32x4.extend_low_i16x8_s(y), factorB, halves, rightB, addendB, nudgeB);
      const highY = shifted(i32x4.extend_high_i16x8_s(y), factorB, halves, rightB, addendB, nudgeB);
      const low = i32x4.shl(signedSum(lowX, lowY, sign), 1);
      const high = i32x4.shl(signedSum(highX, highY, sign), 1);
      const value = i16x8.narrow_i32x4_s(
        rescaleDoubled(low, factor, halves, rightOutput, addend, nudge),
        rescaleDoubled(high, factor, halves, rightOutput, addend, nudge),
      );
      storeWithin(output, i, bytes, i16x8.min_s(i16x8.max_s(value, min), max));
    }
    a += stepA;
    b += stepB;
    output += bytes;
  }
}

@inline
function shifted(x: v128, factor: v128, halves: v128, right: i32, addend: v128, nudge: v128): v128 {
  return rescaleDoubled(i32x4.shl(x, LEFT), factor, halves, right, addend, nudge);
}

/** a + b, or a − b where `sign` is −1. */
@inline
function signedSum(a: v128, b: v128, sign: v128): v128 {
  return i32x4.add(a, i32x4.sub(v128.xor(b, sign), sign));
}
