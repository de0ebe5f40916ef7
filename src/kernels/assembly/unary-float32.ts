import { demote, expm1, expOfFloats, promoteHigh, tanh } from './math';
import { storeFirst } from './store';

/** Codes of the operators, as the bindings pass them. */
const RELU = 0;
const LOGISTIC = 1;
const TANH = 2;
const EXP = 3;
const ELU = 4;
const ABS = 5;
const NEG = 6;
const SQRT = 7;
const RSQRT = 8;
const CLAMP = 9;
const HARD_SWISH = 10;

/** max where x ≥ max; x where x ≥ threshold; min + slope·(x − threshold) below, and min itself without a slope. */
@inline
function relu(x: v128, max: v128, slope: v128, threshold: v128, min: v128): v128 {
  const sloped = f32x4.add(min, f32x4.mul(slope, f32x4.sub(x, threshold)));
  const below = v128.bitselect(sloped, min, f32x4.ne(slope, f32x4.splat(0)));
  const value = v128.bitselect(below, x, f32x4.lt(x, threshold));
  return v128.bitselect(max, value, f32x4.ge(x, max));
}

@inline
function elu(x: v128, alpha: v128, table: usize): v128 {
  const below = demote(expm1(f64x2.promote_low_f32x4(x), table), expm1(promoteHigh(x), table));
  return v128.bitselect(f32x4.mul(alpha, below), x, f32x4.lt(x, f32x4.splat(0)));
}

/** x · min(6, max(0, x + 3)) / 6. */
@inline
function hardSwish(x: v128): v128 {
  const gate = f32x4.pmin(f32x4.pmax(f32x4.add(x, f32x4.splat(3)), f32x4.splat(0)), f32x4.splat(6));
  return f32x4.div(f32x4.mul(x, gate), f32x4.splat(6));
}

/** `op` is a constant wherever this is inlined. */
@inline
function evaluate(
  op: i32,
  x: v128,
  first: v128,
  second: v128,
  third: v128,
  fourth: v128,
  table: usize,
): v128 {
  const one = f32x4.splat(1);
  if (op === RELU) return relu(x, first, second, third, fourth);
  if (op === CLAMP) return f32x4.pmin(f32x4.pmax(x, first), second);
  if (op === LOGISTIC) return f32x4.div(one, f32x4.add(one, expOfFloats(f32x4.neg(x), table)));
  if (op === TANH) return demote(tanh(f64x2.promote_low_f32x4(x), table), tanh(promoteHigh(x), table));
  if (op === EXP) return expOfFloats(x, table);
  if (op === ELU) return elu(x, first, table);
  if (op === HARD_SWISH) return hardSwish(x);
  if (op === ABS) return f32x4.abs(x);
  if (op === NEG) return f32x4.neg(x);
  if (op === SQRT) return f32x4.sqrt(x);
  return f32x4.div(one, f32x4.sqrt(x));
}

@inline
function map(
  op: i32,
  input: usize,
  output: usize,
  bytes: i32,
  first: f32,
  second: f32,
  third: f32,
  fourth: f32,
  table: usize,
): void {
  const a = f32x4.splat(first);
  const b = f32x4.splat(second);
  const c = f32x4.splat(third);
  const d = f32x4.splat(fourth);
  const end = input + (bytes & ~15);
  for (; input < end; input += 16, output += 16)
    v128.store(output, evaluate(op, v128.load(input), a, b, c, d, table));
  storeFirst(output, evaluate(op, v128.load(input), a, b, c, d, table), bytes & 15);
}

/**
 * A function of each float32 element.
 * @param op RELU, …
 * @param first, second, third, fourth its parameters: max, slope, threshold and min of RELU, bounds of CLAMP, alpha of ELU
 * @param table see math.ts; only LOGISTIC, TANH, EXP and ELU read it
 */
export function unary_float32_4(
  op: i32,
  input: usize,
  output: usize,
  bytes: i32,
  first: f32,
  second: f32,
  third: f32,
  fourth: f32,
  table: usize,
): void {
  if (op === RELU) map(RELU, input, output, bytes, first, second, third, fourth, table);
  else if (op === CLAMP) map(CLAMP, input, output, bytes, first, second, third, fourth, table);
  else if (op === LOGISTIC) map(LOGISTIC, input, output, bytes, first, second, third, fourth, table);
  else if (op === TANH) map(TANH, input, output, bytes, first, second, third, fourth, table);
  else if (op === EXP) map(EXP, input, output, bytes, first, second, third, fourth, table);
  else if (op === ELU) map(ELU, input, output, bytes, first, second, third, fourth, table);
  else if (op === HARD_SWISH) map(HARD_SWISH, input, output, bytes, first, second, third, fourth, table);
  else if (op === ABS) map(ABS, input, output, bytes, first, second, third, fourth, table);
  else if (op === NEG) map(NEG, input, output, bytes, first, second, third, fourth, table);
  else if (op === SQRT) map(SQRT, input, output, bytes, first, second, third, fourth, table);
  else map(RSQRT, input, output, bytes, first, second, third, fourth, table);
}
