import { storeEightWithin, storeWithin } from './store';

/** Bytes of an entry of the tables of rows and columns. */
const NEIGHBOURS: usize = 12;

/** Four pixels and how far the output's pixel is behind the first: a mixture of floats, every step rounded. */
@inline
function mixFloats(
  a: usize,
  below: usize,
  right: usize,
  diagonal: usize,
  distanceY: f32,
  distanceX: f32,
  bytes: i32,
  output: usize,
): void {
  const one = f32x4.splat(1);
  const y = f32x4.splat(distanceY);
  const x = f32x4.splat(distanceX);
  const aboveY = f32x4.sub(one, y);
  const leftX = f32x4.sub(one, x);
  for (let i = 0; i < bytes; i += 16) {
    const first = f32x4.mul(f32x4.mul(v128.load(a + i), aboveY), leftX);
    const second = f32x4.mul(f32x4.mul(v128.load(below + i), y), leftX);
    const third = f32x4.mul(f32x4.mul(v128.load(right + i), aboveY), x);
    const fourth = f32x4.mul(f32x4.mul(v128.load(diagonal + i), y), x);
    const sum = f32x4.add(f32x4.add(f32x4.add(first, second), third), fourth);
    storeWithin(output, i, bytes, f32x4.add(sum, f32x4.splat(0)));
  }
}

/** (a·weights of a + b·weights of b) of four lanes, from int16 pairs. */
@inline
function mixRows(a: v128, b: v128, weights: v128, isHigh: bool): v128 {
  const pairs = isHigh
    ? v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
    : v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  return i32x4.dot_i16x8_s(pairs, weights);
}

/** Four sums in units of 2^−20, rounded to nearest, halves away from zero. */
@inline
function rounded(left: v128, right: v128, leftX: v128, x: v128): v128 {
  const sum = i32x4.add(i32x4.mul(left, leftX), i32x4.mul(right, x));
  const sign = i32x4.shr_s(sum, 31);
  const magnitude = i32x4.shr_u(i32x4.add(i32x4.abs(sum), i32x4.splat(1 << 19)), 20);
  return i32x4.sub(v128.xor(magnitude, sign), sign);
}

/** The same of int8, exact: distances are in units of 1/1024. */
@inline
function mixBytes(
  a: usize,
  below: usize,
  right: usize,
  diagonal: usize,
  distanceY: i32,
  distanceX: i32,
  bytes: i32,
  output: usize,
): void {
  const weights = i32x4.splat((distanceY << 16) | ((1024 - distanceY) & 0xffff));
  const leftX = i32x4.splat(1024 - distanceX);
  const x = i32x4.splat(distanceX);
  for (let i = 0; i < bytes; i += 8) {
    const first = v128.load8x8_s(a + i);
    const second = v128.load8x8_s(below + i);
    const third = v128.load8x8_s(right + i);
    const fourth = v128.load8x8_s(diagonal + i);
    const low = rounded(mixRows(first, second, weights, false), mixRows(third, fourth, weights, false), leftX, x);
    const high = rounded(mixRows(first, second, weights, true), mixRows(third, fourth, weights, true), leftX, x);
    const values = i16x8.narrow_i32x4_s(low, high);
    storeEightWithin(output, i, bytes, i8x16.narrow_i16x8_s(values, values));
  }
}

/**
 * An NHWC image of another size, every pixel a mixture of four, in float32 or int8.
 * @param imageBytes of the input's image
 * @param bytes of a pixel
 * @param rows for each output row the offset in bytes of the input's row before it and of that after it, and how far it is behind
 *   the first: a float32, or for int8 an int32 in units of 1/1024
 * @param columns the same for columns
 */
export function resize_bilinear_16(
  isFloat: bool,
  input: usize,
  output: usize,
  batches: i32,
  imageBytes: i32,
  outputHeight: i32,
  outputWidth: i32,
  bytes: i32,
  rows: usize,
  columns: usize,
): void {
  const lastRow = rows + <usize>outputHeight * NEIGHBOURS;
  const lastColumn = columns + <usize>outputWidth * NEIGHBOURS;
  for (let batch = 0; batch < batches; batch++) {
    for (let row = rows; row < lastRow; row += NEIGHBOURS) {
      const above = input + load<u32>(row);
      const below = input + load<u32>(row, 4);
      for (let column = columns; column < lastColumn; column += NEIGHBOURS) {
        const left = <usize>load<u32>(column);
        const right = <usize>load<u32>(column, 4);
        if (isFloat)
          mixFloats(
            above + left,
            below + left,
            above + right,
            below + right,
            load<f32>(row, 8),
            load<f32>(column, 8),
            bytes,
            output,
          );
        else
          mixBytes(
            above + left,
            below + left,
            above + right,
            below + right,
            load<i32>(row, 8),
            load<i32>(column, 8),
            bytes,
            output,
          );
        output += bytes;
      }
    }
    input += imageBytes;
  }
}
