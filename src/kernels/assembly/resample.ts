/**
 * The two passes in which an 8-bit image is resized with antialiasing: each byte is a sum of bytes times weights with 22 fractional
 * bits, rounded and clamped. Sums are 32 bits wide and wrap. Weights are halved for `i32x4.dot_i16x8_s`:
 * weight = high·2^15 + low, 0 ≤ low < 2^15, so that a sum is (Σ byte·high)·2^15 + Σ byte·low.
 *
 * Taps go in pairs, and an entry of a table is where the first one lies, in bytes, then for each pair two low halves and two
 * high ones. All entries have the same number of pairs; weights of 0 fill them up, and what they are multiplied with need not
 * be part of the image.
 */

const PAIR_BYTES: usize = 8;

/** What rounds sums to nearest. */
const HALF: i32 = 1 << 21;

/** Four bytes of the result, in the lanes of int32, from sums of low and high halves. */
@inline
function rounded(low: v128, high: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.shl(high, 15), low), 22);
}

/** Sixteen bytes, clamped, of four registers of int32 that fit 16 bits. */
@inline
function clamped(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Red, green and blue of a pixel and of the one behind it, as pairs of int16. */
@inline
function twoPixels(at: usize, pixelBytes: usize): v128 {
  return i16x8.extend_low_i8x16_u(i8x16.shuffle(v128.load32_zero(at), v128.load32_zero(at + pixelBytes), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
}

/**
 * The horizontal pass: pixels whose first three bytes count become pixels of three bytes.
 * @param rows a multiple of four
 * @param outputStride more than three bytes for each pixel: a byte behind them is written too
 * @param pairs of taps for each output pixel
 */
export function resample_columns_4(
  input: usize,
  inputStride: usize,
  pixelBytes: usize,
  output: usize,
  outputStride: usize,
  rows: i32,
  width: i32,
  taps: usize,
  pairs: i32,
): void {
  const pairsBytes = <usize>pairs * PAIR_BYTES;
  const step = pixelBytes << 1;
  for (let y = 0; y < rows; y += 4) {
    let entry = taps;
    let to = output;
    for (let x = 0; x < width; x++) {
      let a = input + load<u32>(entry);
      let b = a + inputStride;
      let c = b + inputStride;
      let d = c + inputStride;
      entry += 4;
      let lowA = i32x4.splat(HALF);
      let lowB = lowA;
      let lowC = lowA;
      let lowD = lowA;
      let highA = i32x4.splat(0);
      let highB = highA;
      let highC = highA;
      let highD = highA;
      const last = entry + pairsBytes;
      do {
        const low = v128.load32_splat(entry);
        const high = v128.load32_splat(entry, 4);
        const bytesA = twoPixels(a, pixelBytes);
        const bytesB = twoPixels(b, pixelBytes);
        const bytesC = twoPixels(c, pixelBytes);
        const bytesD = twoPixels(d, pixelBytes);
        lowA = i32x4.add(lowA, i32x4.dot_i16x8_s(bytesA, low));
        lowB = i32x4.add(lowB, i32x4.dot_i16x8_s(bytesB, low));
        lowC = i32x4.add(lowC, i32x4.dot_i16x8_s(bytesC, low));
        lowD = i32x4.add(lowD, i32x4.dot_i16x8_s(bytesD, low));
        highA = i32x4.add(highA, i32x4.dot_i16x8_s(bytesA, high));
        highB = i32x4.add(highB, i32x4.dot_i16x8_s(bytesB, high));
        highC = i32x4.add(highC, i32x4.dot_i16x8_s(bytesC, high));
        highD = i32x4.add(highD, i32x4.dot_i16x8_s(bytesD, high));
        a += step;
        b += step;
        c += step;
        d += step;
        entry += PAIR_BYTES;
      } while (entry < last);
      const four = clamped(rounded(lowA, highA), rounded(lowB, highB), rounded(lowC, highC), rounded(lowD, highD));
      let at = to;
      v128.store32_lane(at, four, 0);
      v128.store32_lane((at += outputStride), four, 1);
      v128.store32_lane((at += outputStride), four, 2);
      v128.store32_lane(at + outputStride, four, 3);
      to += 3;
    }
    input += inputStride << 2;
    output += outputStride << 2;
  }
}

/**
 * The vertical pass, for rows of bytes whatever they mean.
 * @param bytes of a row; up to 15 more are read, and written behind the last row
 * @param taps an entry for each row of the output
 */
export function resample_rows_16(
  input: usize,
  inputStride: usize,
  output: usize,
  outputStride: usize,
  bytes: i32,
  height: i32,
  taps: usize,
  pairs: i32,
): void {
  const pairsBytes = <usize>pairs * PAIR_BYTES;
  const step = inputStride << 1;
  for (let y = 0; y < height; y++) {
    const first = input + load<u32>(taps);
    taps += 4;
    const last = taps + pairsBytes;
    for (let i: usize = 0; i < <usize>bytes; i += 16) {
      let a = first + i;
      let entry = taps;
      let low0 = i32x4.splat(HALF);
      let low1 = low0;
      let low2 = low0;
      let low3 = low0;
      let high0 = i32x4.splat(0);
      let high1 = high0;
      let high2 = high0;
      let high3 = high0;
      do {
        const low = v128.load32_splat(entry);
        const high = v128.load32_splat(entry, 4);
        const above = v128.load(a);
        const below = v128.load(a + inputStride);
        const upper = i8x16.shuffle(above, below, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const lower = i8x16.shuffle(above, below, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const pairs0 = i16x8.extend_low_i8x16_u(upper);
        const pairs1 = i16x8.extend_high_i8x16_u(upper);
        const pairs2 = i16x8.extend_low_i8x16_u(lower);
        const pairs3 = i16x8.extend_high_i8x16_u(lower);
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(pairs0, low));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(pairs1, low));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(pairs2, low));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(pairs3, low));
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(pairs0, high));
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(pairs1, high));
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(pairs2, high));
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(pairs3, high));
        a += step;
        entry += PAIR_BYTES;
      } while (entry < last);
      v128.store(
        output + i,
        clamped(rounded(low0, high0), rounded(low1, high1), rounded(low2, high2), rounded(low3, high3)),
      );
    }
    taps = last;
    output += outputStride;
  }
}
