/**
 * The functions of `src/core/math.ts` on two float64 lanes, operation for operation. Arguments are float32 numbers and results
 * are rounded to float32, so what lies beyond ±700 may count as ±700: its exponential is 0 or infinity all the same.
 */

/**
 * `table` holds the numbers that an exponential needs, float64 (`../exponential-table.ts`): as constants they would be made anew,
 * in three instructions, at each use.
 */
/** A polynomial c with e^r = 1 + r + r·c / (2 − c). */
@inline
function expRemainder(r: v128, table: usize): v128 {
  const t = f64x2.mul(r, r);
  let c = f64x2.mul(t, v128.load64_splat(table));
  c = f64x2.mul(t, f64x2.add(v128.load64_splat(table, 8), c));
  c = f64x2.mul(t, f64x2.add(v128.load64_splat(table, 16), c));
  c = f64x2.mul(t, f64x2.add(v128.load64_splat(table, 24), c));
  c = f64x2.mul(t, f64x2.add(v128.load64_splat(table, 32), c));
  return f64x2.sub(r, c);
}

/** e^x. */
@inline
export function exp(unbounded: v128, table: usize): v128 {
  const x = f64x2.pmax(f64x2.pmin(unbounded, v128.load64_splat(table, 40)), v128.load64_splat(table, 48));
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, v128.load64_splat(table, 56)), v128.load64_splat(table, 64)));
  const high = f64x2.sub(x, f64x2.mul(k, v128.load64_splat(table, 72)));
  const low = f64x2.mul(k, v128.load64_splat(table, 80));
  const r = f64x2.sub(high, low);
  const c = expRemainder(r, table);
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(v128.load64_splat(table, 88), c));
  const y = f64x2.sub(v128.load64_splat(table, 96), f64x2.sub(f64x2.sub(low, quotient), high));
  const exponent = f64x2.add(k, v128.load64_splat(table, 104));
  return f64x2.mul(y, i64x2.shl(exponent, 52));
}

/** e^x − 1. */
@inline
export function expm1(x: v128, table: usize): v128 {
  const c = expRemainder(x, table);
  const small = f64x2.add(x, f64x2.div(f64x2.mul(x, c), f64x2.sub(f64x2.splat(2), c)));
  const isLarge = f64x2.gt(f64x2.abs(x), f64x2.splat(0.34));
  return v128.bitselect(f64x2.sub(exp(x, table), f64x2.splat(1)), small, isLarge);
}

/** tanh x. */
@inline
export function tanh(x: v128, table: usize): v128 {
  const magnitude = f64x2.abs(x);
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const exponential = exp(f64x2.mul(two, magnitude), table);
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
export function expOfFloats(x: v128, table: usize): v128 {
  return demote(exp(f64x2.promote_low_f32x4(x), table), exp(promoteHigh(x), table));
}
