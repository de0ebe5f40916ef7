/**
 * The functions of `src/core/math.ts` on two float64 lanes, operation for operation. Arguments are float32 numbers and results
 * are rounded to float32, so what lies beyond ±700 may count as ±700: its exponential is 0 or infinity all the same.
 */

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.931471803691238e-1;
const LN2_LOW: f64 = 1.9082149292705877e-10;

/** Added to a whole number, it brings that number to the lowest bits of the sum. */
const TO_LOWEST_BITS: f64 = 6755399441055744;

/** A polynomial c with e^r = 1 + r + r·c / (2 − c). */
@inline
function expRemainder(r: v128): v128 {
  const t = f64x2.mul(r, r);
  let c = f64x2.mul(t, f64x2.splat(4.1381367970572385e-8));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(-1.6533902205465252e-6), c));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(6.613756321437934e-5), c));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(-2.7777777777015593e-3), c));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(1.6666666666666602e-1), c));
  return f64x2.sub(r, c);
}

/** e^x. */
@inline
export function exp(unbounded: v128): v128 {
  const x = f64x2.pmax(f64x2.pmin(unbounded, f64x2.splat(700)), f64x2.splat(-700));
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(0.5)));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const low = f64x2.mul(k, f64x2.splat(LN2_LOW));
  const r = f64x2.sub(high, low);
  const c = expRemainder(r);
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c));
  const y = f64x2.sub(f64x2.splat(1), f64x2.sub(f64x2.sub(low, quotient), high));
  const exponent = i64x2.add(f64x2.add(k, f64x2.splat(TO_LOWEST_BITS)), i64x2.splat(1023));
  return f64x2.mul(y, i64x2.shl(exponent, 52));
}

/** e^x − 1. */
@inline
export function expm1(x: v128): v128 {
  const c = expRemainder(x);
  const small = f64x2.add(x, f64x2.div(f64x2.mul(x, c), f64x2.sub(f64x2.splat(2), c)));
  const isLarge = f64x2.gt(f64x2.abs(x), f64x2.splat(0.34));
  return v128.bitselect(f64x2.sub(exp(x), f64x2.splat(1)), small, isLarge);
}

/** tanh x. */
@inline
export function tanh(x: v128): v128 {
  const magnitude = f64x2.abs(x);
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const exponential = exp(f64x2.mul(two, magnitude));
  const result = f64x2.sub(one, f64x2.div(two, f64x2.add(exponential, one)));
  const signed = v128.bitselect(f64x2.neg(result), result, f64x2.lt(x, f64x2.splat(0)));
  const isSmall = f64x2.lt(magnitude, f64x2.splat(1e-3));
  if (!v128.any_true(isSmall)) return signed;
  const square = f64x2.mul(x, x);
  const third = f64x2.div(f64x2.mul(x, square), f64x2.splat(3));
  const fifth = f64x2.div(f64x2.mul(f64x2.mul(f64x2.mul(two, x), square), square), f64x2.splat(15));
  return v128.bitselect(f64x2.add(f64x2.sub(x, third), fifth), signed, isSmall);
}

/** The upper two float32 lanes as float64. */
@inline
export function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}

/** Four float64 lanes rounded to float32. */
@inline
export function demote(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** e^x of four float32 lanes, rounded once. */
@inline
export function expOfFloats(x: v128): v128 {
  return demote(exp(f64x2.promote_low_f32x4(x)), exp(promoteHigh(x)));
}
