import { rowOf } from './rows';
import { storeWithin } from './store';

/** Codes of the operators, as the bindings pass them. */
const MAXIMUM_SIGNED = 0;
const MINIMUM_SIGNED = 1;
const MAXIMUM_UNSIGNED = 2;

@inline
function choose(op: i32, a: v128, b: v128): v128 {
  if (op === MAXIMUM_SIGNED) return i8x16.max_s(a, b);
  if (op === MINIMUM_SIGNED) return i8x16.min_s(a, b);
  return op === MAXIMUM_UNSIGNED ? i8x16.max_u(a, b) : i8x16.min_u(a, b);
}

/**
 * The larger or the smaller of two operands of bytes, row by row; see `binary_int8_8`.
 * @param scratch 32 bytes
 */
export function choice_8_16(
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
  scratch: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const rowA = rowOf(1, a, maskA, scratch);
    const rowB = rowOf(1, b, maskB, scratch + 16);
    for (let i = 0; i < count; i += 16)
      storeWithin(output, i, count, choose(op, v128.load(rowA + (i & maskA)), v128.load(rowB + (i & maskB))));
    a += stepA;
    b += stepB;
    output += count;
  }
}
