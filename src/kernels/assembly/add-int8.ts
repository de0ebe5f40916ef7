import { rowOf } from './rows';
import { storeWithin } from './store';

/** (a·weightA + b·weightB + offset) >> bits of four lanes. */
@inline
function weighted(a: v128, b: v128, weightA: v128, weightB: v128, offset: v128, bits: i32): v128 {
  const sum = i32x4.add(i32x4.mul(a, weightA), i32x4.mul(b, weightB));
  return i32x4.shr_s(i32x4.add(sum, offset), bits);
}

/** The same of eight, saturated to int16. */
@inline
function weightedEight(a: usize, b: usize, weightA: v128, weightB: v128, offset: v128, bits: i32): v128 {
  const x = v128.load8x8_s(a);
  const y = v128.load8x8_s(b);
  return i16x8.narrow_i32x4_s(
    weighted(i32x4.extend_low_i16x8_s(x), i32x4.extend_low_i16x8_s(y), weightA, weightB, offset, bits),
    weighted(i32x4.extend_high_i16x8_s(x), i32x4.extend_high_i16x8_s(y), weightA, weightB, offset, bits),
  );
}

/**
 * Sum of two int8 operands by int32 weights, row by row, clamped.
 * @param rows rows of `count` elements, one after the other in the output
 * @param stepA, stepB elements from one row of an operand to the next
 * @param maskA, maskB −1 where an operand has an element for each of the output's row, 0 where it has one for all
 * @param parameters int32: both weights, offset, bits of the right shift (`../weighted-sum.ts`)
 * @param scratch 32 bytes
 */
export function add_int8_16(
  a: usize,
  b: usize,
  output: usize,
  rows: i32,
  count: i32,
  stepA: i32,
  stepB: i32,
  maskA: i32,
  maskB: i32,
  parameters: usize,
  clampMin: i32,
  clampMax: i32,
  scratch: usize,
): void {
  const weightA = v128.load32_splat(parameters);
  const weightB = v128.load32_splat(parameters, 4);
  const offset = v128.load32_splat(parameters, 8);
  const bits = load<i32>(parameters, 12);
  const min = i8x16.splat(<i8>clampMin);
  const max = i8x16.splat(<i8>clampMax);
  for (let row = 0; row < rows; row++) {
    const rowA = rowOf(1, a, maskA, scratch);
    const rowB = rowOf(1, b, maskB, scratch + 16);
    for (let i = 0; i < count; i += 16) {
      const x = rowA + (i & maskA);
      const y = rowB + (i & maskB);
      const low = weightedEight(x, y, weightA, weightB, offset, bits);
      const high = weightedEight(x + 8, y + 8, weightA, weightB, offset, bits);
      const value = i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(low, high), min), max);
      storeWithin(output, i, count, value);
    }
    a += stepA;
    b += stepB;
    output += count;
  }
}
