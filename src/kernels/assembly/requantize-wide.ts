import { storeFirst } from './store';

/**
 * Requantization of int16 layers, whose accumulators TensorFlow Lite keeps in 64 bits and multiplies by 15 bits
 * (`multiplyByReducedMultiplier` in `src/core`): floor((x·m + 2^(S−1)) / 2^S) with x = bias + Σ x·w. Where Σ x·w fits into int32 and
 * the product into int64, it is the high half of Σ·m·2^d + addend, S + d = 32 + e, then a shift by e. So neither a bias of more
 * than 32 bits nor a shift that differs by channel costs anything. The parameters of eight output channels lie side by side:
 *
 * | offset | what |
 * |---|---|
 * | 0 | multiplier m·2^d (what is beyond 31 bits is in the weights), int32, for each channel |
 * | 32 | addend (bias·m + 2^(S−1))·2^d, without 2^(S−1) where the shift truncates, int64, for each channel |
 * | 96 | e, int32, one for the eight |
 */
export const WIDE_PARAMETERS: usize = 112;

/** floor((x·multiplier + addend) / 2^32) for four lanes. */
@inline
function highHalves(x: v128, multiplier: v128, lowAddend: v128, highAddend: v128): v128 {
  const low = i64x2.add(i64x2.extmul_low_i32x4_s(x, multiplier), lowAddend);
  const high = i64x2.add(i64x2.extmul_high_i32x4_s(x, multiplier), highAddend);
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/** Eight sums, without bias, as eight int16. Saturation is beyond any clamp. */
@inline
export function requantizeWide(low: v128, high: v128, parameters: usize, shift: i32, min: v128, max: v128): v128 {
  let a = highHalves(low, v128.load(parameters), v128.load(parameters, 32), v128.load(parameters, 48));
  let b = highHalves(high, v128.load(parameters, 16), v128.load(parameters, 64), v128.load(parameters, 80));
  if (shift !== 0) {
    a = i32x4.shr_s(a, shift);
    b = i32x4.shr_s(b, shift);
  }
  return i16x8.min_s(i16x8.max_s(i16x8.narrow_i32x4_s(a, b), min), max);
}

/** Stores the first `count` of eight int16. */
@inline
export function storeInt16(target: usize, value: v128, count: i32): void {
  if (count >= 8) v128.store(target, value);
  else storeFirst(target, value, count << 1);
}
