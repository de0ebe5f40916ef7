import { max32, min32 } from './integer';
import { storeEightWithin, storeWithin } from './store';

/** Codes of the operators, as the bindings pass them. */
const AVERAGE_FLOAT32 = 0;
const MAX_FLOAT32 = 1;
const AVERAGE_INT8 = 2;

/**
 * A maximum of float32 lanes, but for NaN, or of int8. Both orders of `pmax` differ in zeros of two signs, of which the bits that
 * they share are +0; `f32x4.max` takes thrice the time.
 */
@inline
function maximum(isFloat: bool, a: v128, b: v128): v128 {
  return isFloat ? v128.and(f32x4.pmax(a, b), f32x4.pmax(b, a)) : i8x16.max_s(a, b);
}

@inline
function clamp(isFloat: bool, value: v128, min: v128, max: v128): v128 {
  return isFloat
    ? f32x4.pmin(f32x4.pmax(value, min), max)
    : i8x16.min_s(i8x16.max_s(value, min), max);
}

/*
 * One window of each operator. Its rows begin at `window`, `pitch` bytes apart, and end at `end`; each has `rowBytes` bytes, a
 * pixel has `bytes`. Elements are taken in the order (ky, kx).
 */

/** The maximum, from −∞ or −128. */
@inline
function maxOfWindow(
  isFloat: bool,
  window: usize,
  end: usize,
  pitch: i32,
  rowBytes: i32,
  bytes: i32,
  min: v128,
  max: v128,
  output: usize,
): void {
  const start = isFloat ? f32x4.splat(-Infinity) : i8x16.splat(-128);
  for (let i = 0; i < bytes; i += 16) {
    let largest = start;
    let notNumbers = i32x4.splat(0);
    for (let row = window; row < end; row += pitch)
      for (let tap = row; tap < row + rowBytes; tap += bytes) {
        const value = v128.load(tap + i);
        largest = maximum(isFloat, largest, value);
        if (isFloat) notNumbers = v128.or(notNumbers, f32x4.ne(value, value));
      }
    // All bits set are a NaN.
    if (isFloat) largest = v128.or(largest, notNumbers);
    storeWithin(output, i, bytes, clamp(isFloat, largest, min, max));
  }
}

/** The sum, from +0, divided by the count. */
function averageOfFloats(
  window: usize,
  end: usize,
  pitch: i32,
  rowBytes: i32,
  bytes: i32,
  elements: i32,
  min: v128,
  max: v128,
  output: usize,
): void {
  const count = f32x4.splat(<f32>elements);
  for (let i = 0; i < bytes; i += 16) {
    let sum = f32x4.splat(0);
    for (let row = window; row < end; row += pitch)
      for (let tap = row; tap < row + rowBytes; tap += bytes) sum = f32x4.add(sum, v128.load(tap + i));
    storeWithin(output, i, bytes, clamp(true, f32x4.div(sum, count), min, max));
  }
}

/** sum / count for integers, rounded to nearest, halves away from zero. Exact for |sum| + count/2 < 2^24. */
@inline
function divide(sum: v128, half: v128, count: v128): v128 {
  const sign = i32x4.shr_s(sum, 31);
  const dividend = i32x4.add(i32x4.abs(sum), half);
  const magnitude = i32x4.trunc_sat_f32x4_s(f32x4.div(f32x4.convert_i32x4_s(dividend), count));
  return i32x4.sub(v128.xor(magnitude, sign), sign);
}

/** The rounded mean. A row's sums fit int16. */
function averageOfBytes(
  window: usize,
  end: usize,
  pitch: i32,
  rowBytes: i32,
  bytes: i32,
  elements: i32,
  min: v128,
  max: v128,
  output: usize,
): void {
  const half = i32x4.splat(elements >> 1);
  const count = f32x4.splat(<f32>elements);
  for (let i = 0; i < bytes; i += 8) {
    let low = i32x4.splat(0);
    let high = low;
    for (let row = window; row < end; row += pitch) {
      let sum = i16x8.splat(0);
      for (let tap = row; tap < row + rowBytes; tap += bytes) sum = i16x8.add(sum, v128.load8x8_s(tap + i));
      low = i32x4.add(low, i32x4.extend_low_i16x8_s(sum));
      high = i32x4.add(high, i32x4.extend_high_i16x8_s(sum));
    }
    const values = i16x8.narrow_i32x4_s(divide(low, half, count), divide(high, half, count));
    storeEightWithin(output, i, bytes, clamp(false, i8x16.narrow_i16x8_s(values, values), min, max));
  }
}

/**
 * Average or maximum over a window of an NHWC image, clamped to [min, max]; padding does not count.
 * @param kind AVERAGE_FLOAT32, …; a window of AVERAGE_INT8 has fewer than 256 columns and fewer than 65536 elements
 * @param bytes of a pixel
 */
export function pool_16(
  kind: i32,
  input: usize,
  batches: i32,
  height: i32,
  width: i32,
  bytes: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  padTop: i32,
  padLeft: i32,
  outputHeight: i32,
  outputWidth: i32,
  clampMin: f32,
  clampMax: f32,
  output: usize,
): void {
  const isFloat = kind === AVERAGE_FLOAT32 || kind === MAX_FLOAT32;
  const min = isFloat ? f32x4.splat(clampMin) : i8x16.splat(<i8>clampMin);
  const max = isFloat ? f32x4.splat(clampMax) : i8x16.splat(<i8>clampMax);
  const pitch = width * bytes;
  for (let batch = 0; batch < batches; batch++) {
    for (let outputY = 0; outputY < outputHeight; outputY++) {
      const y = outputY * strideHeight - padTop;
      const top = max32(y, 0);
      const bottom = min32(y + filterHeight, height);
      for (let outputX = 0; outputX < outputWidth; outputX++) {
        const x = outputX * strideWidth - padLeft;
        const left = max32(x, 0);
        const right = min32(x + filterWidth, width);
        const window = input + <usize>(top * pitch + left * bytes);
        const end = input + <usize>((bottom - 1) * pitch + right * bytes);
        const rowBytes = (right - left) * bytes;
        const count = (bottom - top) * (right - left);
        if (kind === AVERAGE_FLOAT32)
          averageOfFloats(window, end, pitch, rowBytes, bytes, count, min, max, output);
        else if (kind === MAX_FLOAT32) maxOfWindow(true, window, end, pitch, rowBytes, bytes, min, max, output);
        else if (kind === AVERAGE_INT8)
          averageOfBytes(window, end, pitch, rowBytes, bytes, count, min, max, output);
        else maxOfWindow(false, window, end, pitch, rowBytes, bytes, min, max, output);
        output += bytes;
      }
    }
    input += height * pitch;
  }
}
