import { CHANNEL_PARAMETERS, clampToInt8, requantizeExactly } from './requantize';
import { storeEightWithin } from './store';

/** Outputs that are computed together. */
const COLUMNS = 8;

/**
 * A dense layer of one row, int8: Σ x·w + bias, requantized on the exact path. Each weight is read once, so they stay int8 and are
 * widened on the way: half the memory.
 * @param depth number of inputs
 * @param columns number of outputs
 * @param weights int8 [columns/8][pairs of inputs][8][2], zero point subtracted, zeros for what is missing
 * @param bias int32 [columns/8][8], the input's zero point folded in
 * @param parameters [columns/8] × `CHANNEL_PARAMETERS`, see requantize.ts
 * @param scratch 2 bytes for each input, rounded up to 16
 */
export function dense_int8_8_dot16(
  input: usize,
  depth: i32,
  columns: i32,
  weights: usize,
  bias: usize,
  parameters: usize,
  outputZeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
  rounding: i64,
  output: usize,
  scratch: usize,
): void {
  for (let i = 0; i < depth; i += 8) v128.store(scratch + 2 * i, v128.load8x8_s(input + i));
  const pairsEnd = scratch + <usize>(((depth + 1) >> 1) << 2);
  for (let column = 0; column < columns; column += COLUMNS) {
    let low = v128.load(bias);
    let high = v128.load(bias, 16);
    for (let x = scratch; x < pairsEnd; x += 4, weights += 16) {
      const taps = v128.load32_splat(x);
      low = i32x4.add(low, i32x4.dot_i16x8_s(taps, v128.load8x8_s(weights)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(taps, v128.load8x8_s(weights, 8)));
    }
    const value = requantizeExactly(low, high, parameters, rounding);
    const bytes = clampToInt8(
      value,
      i16x8.splat(<i16>outputZeroPoint),
      i16x8.splat(<i16>clampMin),
      i16x8.splat(<i16>clampMax),
    );
    storeEightWithin(output, column, columns, bytes);
    bias += 32;
    parameters += CHANNEL_PARAMETERS;
  }
}
