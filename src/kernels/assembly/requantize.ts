/**
 * Requantization of int32 accumulators to 8 bits, four lanes at a time, as `multiplyByQuantizedMultiplier` in `src/core`:
 * SaturatingRoundingDoublingHighMul, then RoundingDivideByPOT; or by a float32 scale, where the same comes out for every
 * accumulator (`../float-scale.ts`). The parameters of eight output channels lie side by side:
 *
 * | offset | what, for each of eight channels | path |
 * |---|---|---|
 * | 0 | scale, float32 | float, two-sided |
 * | 0 | multiplier, int32 | fast, exact |
 * | 32 | 2^(15 − d), int16, for a right shift of e₀ + d | fast |
 * | 32 | 1.5·2^23 four times, float32; zero point added | float; two-sided |
 * | 48 | one int32 for the eight: e₀ ≥ 0; −1 chooses the exact path, −2 the float path, −3 the two-sided one | all |
 * | 64 | 2^31 two times, int64 | fast |
 * | 64 | what is added to negative accumulators, int32 | two-sided |
 * | 96 | 1.5·2^23 four times, float32 | two-sided |
 * | 64 | 2^left shift, int32 | exact |
 * | 96 | 2^(30 − e), int32, for a right shift of e in [0, 30] | exact |
 * | 128 | −1 where a negative value is nudged down before a rounding shift, else 0, int32 | exact |
 *
 * Numbers that are always the same lie there too, since engines make a constant register anew, in three instructions, at each use.
 */
export const CHANNEL_PARAMETERS: usize = 160;

export const FLOAT_PATH: i32 = -2;
export const TWO_SIDED_PATH: i32 = -3;

/** x / 2^31 · multiplier for four lanes, halves up: floor((x·m + 2^30) / 2^31), right for multipliers ≥ 0. */
@inline
function roundingDoublingHighMul(x: v128, multiplier: v128): v128 {
  const half = i64x2.splat(1 << 30);
  const low = i64x2.shr_u(i64x2.add(i64x2.extmul_low_i32x4_s(x, multiplier), half), 31);
  const high = i64x2.shr_u(i64x2.add(i64x2.extmul_high_i32x4_s(x, multiplier), half), 31);
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** The same for accumulators that are doubled already, |2x| < 2^31: the high halves of 2x·m + 2^31. @param half 2^31, two times */
@inline
export function highMulOfDoubled(doubled: v128, multiplier: v128, half: v128): v128 {
  const low = i64x2.add(i64x2.extmul_low_i32x4_s(doubled, multiplier), half);
  const high = i64x2.add(i64x2.extmul_high_i32x4_s(doubled, multiplier), half);
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/**
 * RoundingDivideByPOT, or a plain shift: floor((x − nudge + 2^(e−1)) / 2^e), with `rounding` 2^29 or 0 for the addend.
 * Exact for every x that a high multiply gives (never −2^31).
 */
@inline
function divideByPot(x: v128, power: v128, nudged: v128, rounding: v128): v128 {
  const t = i32x4.add(x, v128.and(i32x4.shr_s(x, 31), nudged));
  const low = i64x2.shr_u(i64x2.add(i64x2.extmul_low_i32x4_s(t, power), rounding), 30);
  const high = i64x2.shr_u(i64x2.add(i64x2.extmul_high_i32x4_s(t, power), rounding), 30);
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** Any multiplier ≥ 0 and any shift in [−30, 30]. */
@inline
function exact(x: v128, parameters: usize, rounding: v128): v128 {
  const shifted = i32x4.mul(x, v128.load(parameters, 64));
  const high = roundingDoublingHighMul(shifted, v128.load(parameters));
  return divideByPot(high, v128.load(parameters, 96), v128.load(parameters, 128), rounding);
}

/** Eight accumulators as eight int8 in the lower half. */
@inline
export function requantize(
  low: v128,
  high: v128,
  parameters: usize,
  rounding: i64,
  zeroPoint: v128,
  min: v128,
  max: v128,
): v128 {
  const shift = load<i32>(parameters, 48);
  if (shift === FLOAT_PATH) {
    const rounder = v128.load(parameters, 32);
    const value = requantizeByScale(low, high, v128.load(parameters), v128.load(parameters, 16), rounder);
    return i8x16.narrow_i16x8_s(value, value);
  }
  if (shift === TWO_SIDED_PATH) {
    const value = requantizeTwoSided(low, high, parameters);
    return i8x16.narrow_i16x8_s(value, value);
  }
  const value =
    shift >= 0
      ? requantizeFast(
          low,
          high,
          v128.load(parameters),
          v128.load(parameters, 16),
          shift,
          v128.load(parameters, 32),
          v128.load(parameters, 64),
        )
      : requantizeExactly(low, high, parameters, rounding);
  return clampToInt8(value, zeroPoint, min, max);
}

/** The float path: zero point and clamp are in the offset and the saturation. */
@inline
export function requantizeByScale(low: v128, high: v128, lowScale: v128, highScale: v128, rounder: v128): v128 {
  return i16x8.narrow_i32x4_s(rounded(low, lowScale, rounder), rounded(high, highScale, rounder));
}

/** The same for layers without a ReLU: negative accumulators are nudged, and the zero point is in the first of the two rounders. */
@inline
export function requantizeTwoSided(low: v128, high: v128, parameters: usize): v128 {
  const rounder = v128.load(parameters, 32);
  const rounderOnly = v128.load(parameters, 96);
  return i16x8.narrow_i32x4_s(
    i32x4.sub(scaledAndAdded(nudged(low, v128.load(parameters, 64)), v128.load(parameters), rounder), rounderOnly),
    i32x4.sub(scaledAndAdded(nudged(high, v128.load(parameters, 80)), v128.load(parameters, 16), rounder), rounderOnly),
  );
}

@inline
function nudged(x: v128, nudge: v128): v128 {
  return i32x4.add(x, v128.and(i32x4.shr_s(x, 31), nudge));
}

@inline
function scaledAndAdded(x: v128, scale: v128, rounder: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(x), scale), rounder);
}

/** round(x·scale) for |x·scale| < 2^22: its sum with the rounder 1.5·2^23 has the integer in its lowest bits. */
@inline
function rounded(x: v128, scale: v128, rounder: v128): v128 {
  return i32x4.sub(scaledAndAdded(x, scale, rounder), rounder);
}

/**
 * The fast path, saturated to int16, before the zero point. Accumulators are doubled and the right shift is split, e = e₀ + d with d ≥ 1:
 * floor((h − [h < 0]) / 2^e₀), then `q15mulr`, whose own rounding, floor((u·2^(15−d) + 2^14) / 2^15), adds the missing 2^(d−1). So a
 * shift that differs by channel costs one instruction.
 */
@inline
export function requantizeFast(
  low: v128,
  high: v128,
  lowMultiplier: v128,
  highMultiplier: v128,
  shift: i32,
  lastShift: v128,
  half: v128,
): v128 {
  const a = highMulOfDoubled(low, lowMultiplier, half);
  const b = highMulOfDoubled(high, highMultiplier, half);
  const u = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(a, i32x4.shr_s(a, 31)), shift),
    i32x4.shr_s(i32x4.add(b, i32x4.shr_s(b, 31)), shift),
  );
  return i16x8.q15mulr_sat_s(u, lastShift);
}

/** The exact path. */
@inline
export function requantizeExactly(low: v128, high: v128, parameters: usize, rounding: i64): v128 {
  const r = i64x2.splat(rounding);
  return i16x8.narrow_i32x4_s(exact(low, parameters, r), exact(high, parameters + 16, r));
}

/** Adds the zero point, clamps, and gives eight int8 in the lower half. Saturation is beyond any clamp of 8 bits. */
@inline
export function clampToInt8(value: v128, zeroPoint: v128, min: v128, max: v128): v128 {
  const clamped = i16x8.min_s(i16x8.max_s(i16x8.add_sat_s(value, zeroPoint), min), max);
  return i8x16.narrow_i16x8_s(clamped, clamped);
}

/**
 * Four doubled int32 values by one factor ≤ 1: the high multiply, then RoundingDivideByPOT by `shift`, the same for all lanes.
 * @param addend 2^(shift − 1), or 0 where nothing is rounded
 * @param nudged −1 where a negative value is nudged down before the shift, else 0
 */
@inline
export function rescaleDoubled(
  doubled: v128,
  multiplier: v128,
  half: v128,
  shift: i32,
  addend: v128,
  nudged: v128,
): v128 {
  const high = highMulOfDoubled(doubled, multiplier, half);
  const nudge = i32x4.add(addend, v128.and(i32x4.shr_s(high, 31), nudged));
  return i32x4.shr_s(i32x4.add(high, nudge), shift);
}

/** What `rescaleDoubled` adds before a shift. */
@inline
export function addendOf(shift: i32, rounds: bool): v128 {
  return i32x4.splat(rounds && shift > 0 ? 1 << (shift - 1) : 0);
}

/** Whether `rescaleDoubled` nudges negative values. */
@inline
export function nudgeOf(shift: i32, rounds: bool): v128 {
  return i32x4.splat(rounds && shift > 0 ? -1 : 0);
}
