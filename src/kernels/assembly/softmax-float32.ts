import { expOfFloats } from './math';
import { storeWithin } from './store';

/** The largest of a row's float32 numbers. */
@inline
function largestOf(row: usize, bytes: i32): f32 {
  let largest: f32 = -Infinity;
  let i = 0;
  let four = f32x4.splat(-Infinity);
  for (; i + 16 <= bytes; i += 16) four = f32x4.max(four, v128.load(row + i));
  for (; i < bytes; i += 4) largest = max<f32>(largest, load<f32>(row + i));
  largest = max<f32>(largest, max<f32>(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)));
  return max<f32>(largest, max<f32>(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)));
}

/**
 * Softmax of every row, float32: e^(β·(x − max)) divided by the sum of these in memory order. The output may be the input.
 * @param bytes of a row
 * @param table see math.ts
 */
export function softmax_float32_4(input: usize, output: usize, rows: i32, bytes: i32, beta: f32, table: usize): void {
  const factor = f32x4.splat(beta);
  for (let row = 0; row < rows; row++) {
    const largest = f32x4.splat(largestOf(input, bytes));
    for (let i = 0; i < bytes; i += 16)
      storeWithin(
        output,
        i,
        bytes,
        expOfFloats(f32x4.mul(f32x4.sub(v128.load(input + i), largest), factor), table),
      );
    let sum: f32 = 0;
    for (let i = 0; i < bytes; i += 4) sum += load<f32>(output + i);
    const divisor = f32x4.splat(sum);
    for (let i = 0; i < bytes; i += 16)
      storeWithin(output, i, bytes, f32x4.div(v128.load(output + i), divisor));
    input += bytes;
    output += bytes;
  }
}
