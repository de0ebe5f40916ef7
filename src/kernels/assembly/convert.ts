import { storeWithin } from './store';

/** The float32 number before ½: what is added to round halves away from zero when the sum is truncated. */
const BELOW_HALF: f32 = 0.49999997;

/** Furthest step from zero that is told apart: beyond any clamp of 8 bits. */
const BOUND: f32 = 512;

/** The same for 16 bits. */
const WIDE_BOUND: f32 = 40000;

/** Four integers round(x / scale), of magnitude ≤ `bound` < 2^22, a constant, halves away from zero; anything for NaN. */
@inline
function steps(quotient: v128, bound: f32): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(quotient, f32x4.splat(-bound)), f32x4.splat(bound));
  const half = v128.bitselect(f32x4.splat(BELOW_HALF), bounded, i32x4.splat(0x7fffffff));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(bounded, half));
}

/** Eight integers, clamped; 0 for NaN, as a typed array stores it. */
@inline
function quantizeEight(input: usize, scale: v128, zeroPoint: v128, min: v128, max: v128, bound: f32): v128 {
  const a = f32x4.div(v128.load(input), scale);
  const b = f32x4.div(v128.load(input, 16), scale);
  const isNumber = i16x8.narrow_i32x4_s(f32x4.eq(a, a), f32x4.eq(b, b));
  const value = i16x8.add(i16x8.narrow_i32x4_s(steps(a, bound), steps(b, bound)), zeroPoint);
  return v128.and(i16x8.min_s(i16x8.max_s(value, min), max), isNumber);
}

/**
 * round(x / scale) + zero point, clamped to [min, max], of float32 numbers, as int8 or uint8. The zero point is one of these.
 * @param count elements
 */
export function quantize_float32_16(
  isSigned: bool,
  input: usize,
  output: usize,
  count: i32,
  scale: f32,
  zeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
): void {
  const divisor = f32x4.splat(scale);
  const zero = i16x8.splat(<i16>zeroPoint);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  for (let i = 0; i < count; i += 16) {
    const low = quantizeEight(input, divisor, zero, min, max, BOUND);
    const high = quantizeEight(input + 32, divisor, zero, min, max, BOUND);
    const bytes = isSigned ? i8x16.narrow_i16x8_s(low, high) : i8x16.narrow_i16x8_u(low, high);
    storeWithin(output, i, count, bytes);
    input += 64;
  }
}

/** Eight products scale·q of int16 numbers, rounded to float32. */
@inline
function storeReals(target: usize, i: i32, bytes: i32, q: v128, scale: v128): void {
  const low = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q)), scale);
  storeWithin(target, i, bytes, low);
  if (i + 16 >= bytes) return;
  const high = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(q)), scale);
  storeWithin(target, i + 16, bytes, high);
}

/**
 * scale·(q − zero point) of int8 or uint8 numbers.
 * @param count elements
 */
export function dequantize_float32_8(
  isSigned: bool,
  input: usize,
  output: usize,
  count: i32,
  scale: f32,
  zeroPoint: i32,
): void {
  const factor = f32x4.splat(scale);
  const zero = i16x8.splat(<i16>zeroPoint);
  for (let i = 0; i < count; i += 8) {
    const q = isSigned ? v128.load8x8_s(input + i) : v128.load8x8_u(input + i);
    storeReals(output, i << 2, count << 2, i16x8.sub(q, zero), factor);
  }
}

/**
 * round(x / scale), clamped to [min, max], of float32 numbers, as int16 with zero point 0.
 * @param count elements
 */
export function quantize_int16_8(
  input: usize,
  output: usize,
  count: i32,
  scale: f32,
  clampMin: i32,
  clampMax: i32,
): void {
  const divisor = f32x4.splat(scale);
  const zero = i16x8.splat(0);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  for (let i = 0; i < count; i += 8, input += 32)
    storeWithin(output, i << 1, count << 1, quantizeEight(input, divisor, zero, min, max, WIDE_BOUND));
}

/**
 * scale·q of int16 numbers.
 * @param count elements
 */
export function dequantize_int16_8(input: usize, output: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (let i = 0; i < count; i += 8)
    storeReals(output, i << 2, count << 2, v128.load(input + (<usize>i << 1)), factor);
}
