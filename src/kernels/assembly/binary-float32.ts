import { rowOf } from './rows';
import { storeWithin } from './store';

/** Codes of the operators, as the bindings pass them. */
const ADD = 0;
const SUB = 1;
const MUL = 2;
const DIV = 3;
const MAXIMUM = 4;
const MINIMUM = 5;
const SQUARED_DIFFERENCE = 6;
const PRELU = 7;

/** `op` is a constant wherever this is inlined. Of equal values, and beside NaN, maximum and minimum are the second. */
@inline
function combine(op: i32, a: v128, b: v128): v128 {
  if (op === ADD) return f32x4.add(a, b);
  if (op === SUB) return f32x4.sub(a, b);
  if (op === MUL) return f32x4.mul(a, b);
  if (op === DIV) return f32x4.div(a, b);
  if (op === MAXIMUM) return f32x4.pmax(b, a);
  if (op === MINIMUM) return f32x4.pmin(b, a);
  if (op === PRELU) return v128.bitselect(a, f32x4.mul(a, b), f32x4.ge(a, f32x4.splat(0)));
  const difference = f32x4.sub(a, b);
  return f32x4.mul(difference, difference);
}

@inline
function combineRow(
  op: i32,
  a: usize,
  b: usize,
  output: usize,
  bytes: i32,
  maskA: i32,
  maskB: i32,
  min: v128,
  max: v128,
): void {
  for (let i = 0; i < bytes; i += 16) {
    const value = combine(op, v128.load(a + (i & maskA)), v128.load(b + (i & maskB)));
    storeWithin(output, i, bytes, f32x4.pmin(f32x4.pmax(value, min), max));
  }
}

/**
 * An operator of two float32 operands, row by row, clamped to [min, max].
 * @param op ADD, SUB, …
 * @param rows rows of `bytes` bytes, one after the other in the output
 * @param stepA, stepB bytes from one row of an operand to the next
 * @param maskA, maskB −1 where an operand has an element for each of the output's row, 0 where it has one for all
 * @param scratch 32 bytes
 */
export function binary_float32_4(
  op: i32,
  a: usize,
  b: usize,
  output: usize,
  rows: i32,
  bytes: i32,
  stepA: i32,
  stepB: i32,
  maskA: i32,
  maskB: i32,
  clampMin: f32,
  clampMax: f32,
  scratch: usize,
): void {
  const min = f32x4.splat(clampMin);
  const max = f32x4.splat(clampMax);
  for (let row = 0; row < rows; row++) {
    const rowA = rowOf(4, a, maskA, scratch);
    const rowB = rowOf(4, b, maskB, scratch + 16);
    if (op === ADD) combineRow(ADD, rowA, rowB, output, bytes, maskA, maskB, min, max);
    else if (op === SUB) combineRow(SUB, rowA, rowB, output, bytes, maskA, maskB, min, max);
    else if (op === MUL) combineRow(MUL, rowA, rowB, output, bytes, maskA, maskB, min, max);
    else if (op === DIV) combineRow(DIV, rowA, rowB, output, bytes, maskA, maskB, min, max);
    else if (op === MAXIMUM) combineRow(MAXIMUM, rowA, rowB, output, bytes, maskA, maskB, min, max);
    else if (op === MINIMUM) combineRow(MINIMUM, rowA, rowB, output, bytes, maskA, maskB, min, max);
    else if (op === PRELU) combineRow(PRELU, rowA, rowB, output, bytes, maskA, maskB, min, max);
    else combineRow(SQUARED_DIFFERENCE, rowA, rowB, output, bytes, maskA, maskB, min, max);
    a += stepA;
    b += stepB;
    output += bytes;
  }
}
