import { addendOf, clampToInt8, nudgeOf, rescaleDoubled } from './requantize';
import { rowOf } from './rows';
import { storeEightWithin } from './store';

/** Codes of the operators, as the bindings pass them. */
const ADD = 0;
const SUB = 1;
const MUL = 2;
const SQUARED_DIFFERENCE = 3;
const PRELU = 4;

/** Whether a factor only moves the bits of what is shifted left for it. */
@inline
function isPower(multiplier: i32, left: i32, right: i32): bool {
  return multiplier === 1 << 30 && left - 2 >= right;
}

/** Four centred operands, shifted left and rescaled. */
@inline
function scale(
  x: v128,
  left: i32,
  factor: v128,
  half: v128,
  right: i32,
  addend: v128,
  nudge: v128,
  movesBits: bool,
): v128 {
  if (movesBits) return i32x4.shl(x, left - 2 - right);
  return rescaleDoubled(i32x4.shl(x, left), factor, half, right, addend, nudge);
}

@inline
function combine(op: i32, a: v128, b: v128): v128 {
  if (op === ADD) return i32x4.add(a, b);
  if (op === MUL) return i32x4.mul(a, b);
  const difference = i32x4.sub(a, b);
  return op === SUB ? difference : i32x4.mul(difference, difference);
}

/**
 * An operator of two int8 operands, row by row: both centred and, unless they are multiplied, rescaled; then the result is.
 * PRELU rescales a where it is not negative by the factor of a, elsewhere a·b by that of b. A factor is a multiplier, a left shift before it, of which one bit is for the doubling, and a right shift.
 * @param op ADD, …
 * @param rows rows of `count` elements, one after the other in the output
 * @param stepA, stepB elements from one row of an operand to the next
 * @param maskA, maskB −1 where an operand has an element for each of the output's row, 0 where it has one for all
 * @param half 2^31: a constant would be made anew at each use
 * @param scratch 32 bytes
 */
export function binary_int8_8(
  op: i32,
  a: usize,
  b: usize,
  output: usize,
  rows: i32,
  count: i32,
  stepA: i32,
  stepB: i32,
  maskA: i32,
  maskB: i32,
  zeroPointA: i32,
  zeroPointB: i32,
  multiplierA: i32,
  leftA: i32,
  rightA: i32,
  multiplierB: i32,
  leftB: i32,
  rightB: i32,
  multiplierOutput: i32,
  leftOutput: i32,
  rightOutput: i32,
  rounds: bool,
  half: i64,
  outputZeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
  scratch: usize,
): void {
  const zeroA = i16x8.splat(<i16>zeroPointA);
  const zeroB = i16x8.splat(<i16>zeroPointB);
  const halves = i64x2.splat(half);
  const factorA = i32x4.splat(multiplierA);
  const factorB = i32x4.splat(multiplierB);
  const factorOutput = i32x4.splat(multiplierOutput);
  const addendA = addendOf(rightA, rounds);
  const addendB = addendOf(rightB, rounds);
  const addendOutput = addendOf(rightOutput, rounds);
  const nudgeA = nudgeOf(rightA, rounds);
  const nudgeB = nudgeOf(rightB, rounds);
  const nudgeOutput = nudgeOf(rightOutput, rounds);
  const movesA = isPower(multiplierA, leftA, rightA);
  const movesB = isPower(multiplierB, leftB, rightB);
  const zeroPoint = i16x8.splat(<i16>outputZeroPoint);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  for (let row = 0; row < rows; row++) {
    const rowA = rowOf(1, a, maskA, scratch);
    const rowB = rowOf(1, b, maskB, scratch + 16);
    for (let i = 0; i < count; i += 8) {
      const centredA = i16x8.sub(v128.load8x8_s(rowA + (i & maskA)), zeroA);
      const centredB = i16x8.sub(v128.load8x8_s(rowB + (i & maskB)), zeroB);
      let lowA = i32x4.extend_low_i16x8_s(centredA);
      let highA = i32x4.extend_high_i16x8_s(centredA);
      let lowB = i32x4.extend_low_i16x8_s(centredB);
      let highB = i32x4.extend_high_i16x8_s(centredB);
      let low: v128;
      let high: v128;
      if (op === PRELU) {
        lowB = scale(i32x4.mul(lowA, lowB), leftB, factorB, halves, rightB, addendB, nudgeB, false);
        highB = scale(i32x4.mul(highA, highB), leftB, factorB, halves, rightB, addendB, nudgeB, false);
        const zero = i32x4.splat(0);
        const notNegative = scale(lowA, leftA, factorA, halves, rightA, addendA, nudgeA, false);
        low = v128.bitselect(notNegative, lowB, i32x4.ge_s(lowA, zero));
        const highNotNegative = scale(highA, leftA, factorA, halves, rightA, addendA, nudgeA, false);
        high = v128.bitselect(highNotNegative, highB, i32x4.ge_s(highA, zero));
      } else {
        if (op !== MUL) {
          lowA = scale(lowA, leftA, factorA, halves, rightA, addendA, nudgeA, movesA);
          highA = scale(highA, leftA, factorA, halves, rightA, addendA, nudgeA, movesA);
          lowB = scale(lowB, leftB, factorB, halves, rightB, addendB, nudgeB, movesB);
          highB = scale(highB, leftB, factorB, halves, rightB, addendB, nudgeB, movesB);
        }
        low = scale(combine(op, lowA, lowB), leftOutput, factorOutput, halves, rightOutput, addendOutput, nudgeOutput, false);
        high = scale(combine(op, highA, highB), leftOutput, factorOutput, halves, rightOutput, addendOutput, nudgeOutput, false);
      }
      const value = i16x8.narrow_i32x4_s(low, high);
      storeEightWithin(output, i, count, clampToInt8(value, zeroPoint, min, max));
    }
    a += stepA;
    b += stepB;
    output += count;
  }
}
