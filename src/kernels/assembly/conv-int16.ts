import { min32 } from './integer';
import { requantizeWide, storeInt16, WIDE_PARAMETERS } from './requantize-wide';
import { fillPadding, gatheredBytes, locateWindows, PIXELS } from './window';

/** Channels that are computed together. */
const COLUMNS = 8;

/** Pixels whose windows are interleaved before the weights go over them: enough to keep weights from being read again and again. */
const BLOCK = 32;

/** Interleaves four rows of int16 by pairs: [k/2][row][2]. Reads and writes whole eights of k. */
@inline
function interleaveRows(row0: usize, row1: usize, row2: usize, row3: usize, k: i32, target: usize): void {
  for (let i = 0; i < k << 1; i += 16) {
    const a = v128.load(row0 + i);
    const b = v128.load(row1 + i);
    const c = v128.load(row2 + i);
    const d = v128.load(row3 + i);
    const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<i64>(ab0, cd0, 0, 2));
    v128.store(target, v128.shuffle<i64>(ab0, cd0, 1, 3), 16);
    v128.store(target, v128.shuffle<i64>(ab1, cd1, 0, 2), 32);
    v128.store(target, v128.shuffle<i64>(ab1, cd1, 1, 3), 48);
    target += 64;
  }
}

/** Four pixels × eight channels over `pairs` pairs of taps; the first `rows` and `count` of them are stored. */
@inline
function tile(
  x: usize,
  weights: usize,
  pairs: i32,
  parameters: usize,
  min: v128,
  max: v128,
  output: usize,
  stride: usize,
  rows: i32,
  count: i32,
): void {
  let c00 = i32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (const end = x + (<usize>pairs << 4); x < end; x += 16, weights += 32) {
    const w0 = v128.load(weights);
    const w1 = v128.load(weights, 16);
    const x0 = v128.load32_splat(x);
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(x0, w0));
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(x0, w1));
    const x1 = v128.load32_splat(x, 4);
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(x1, w0));
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(x1, w1));
    const x2 = v128.load32_splat(x, 8);
    c20 = i32x4.add(c20, i32x4.dot_i16x8_s(x2, w0));
    c21 = i32x4.add(c21, i32x4.dot_i16x8_s(x2, w1));
    const x3 = v128.load32_splat(x, 12);
    c30 = i32x4.add(c30, i32x4.dot_i16x8_s(x3, w0));
    c31 = i32x4.add(c31, i32x4.dot_i16x8_s(x3, w1));
  }
  const shift = load<i32>(parameters, 96);
  storeInt16(output, requantizeWide(c00, c01, parameters, shift, min, max), count);
  if (rows > 1) storeInt16(output + stride, requantizeWide(c10, c11, parameters, shift, min, max), count);
  if (rows > 2) storeInt16(output + 2 * stride, requantizeWide(c20, c21, parameters, shift, min, max), count);
  if (rows > 3) storeInt16(output + 3 * stride, requantizeWide(c30, c31, parameters, shift, min, max), count);
}

/** One pixel × eight channels, of which the first `count` are stored. */
@inline
function onePixel(
  x: usize,
  weights: usize,
  pairs: i32,
  parameters: usize,
  min: v128,
  max: v128,
  output: usize,
  count: i32,
): void {
  let low = i32x4.splat(0);
  let high = low;
  for (const end = x + (<usize>pairs << 4); x < end; x += 16, weights += 32) {
    const taps = v128.load32_splat(x);
    low = i32x4.add(low, i32x4.dot_i16x8_s(taps, v128.load(weights)));
    high = i32x4.add(high, i32x4.dot_i16x8_s(taps, v128.load(weights, 16)));
  }
  storeInt16(output, requantizeWide(low, high, parameters, load<i32>(parameters, 96), min, max), count);
}

/**
 * Convolution of one group of channels, int16, zero points 0: Σ x·w within int32, bias, requantized.
 * @param input NHWC, first channel of the group; `pitch` bytes a pixel, of which the group has `taps` elements
 * @param weights int16 [columns/8][filterHeight][pairs of a row][8][2], zeros for what is missing
 * @param parameters [columns/8] × `WIDE_PARAMETERS`, see requantize-wide.ts
 * @param output NHWC, first channel of the group; `outputPitch` bytes a pixel, of which the group writes `columns` elements
 * @param scratch 32 windows as pairs of taps, then 64 bytes; a row of taps, then 4 windows, their rows rounded up to 16 bytes, then 16 bytes,
 * and 16 for each row
 */
export function conv_int16_4x8_dot16(
  input: usize,
  batches: i32,
  height: i32,
  width: i32,
  pitch: i32,
  taps: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  padTop: i32,
  padLeft: i32,
  outputHeight: i32,
  outputWidth: i32,
  columns: i32,
  outputPitch: i32,
  weights: usize,
  parameters: usize,
  clampMin: i32,
  clampMax: i32,
  output: usize,
  scratch: usize,
): void {
  const row = filterWidth * taps;
  const rowPairs = (row + 1) >> 1;
  const pairs = filterHeight * rowPairs;
  const windowBytes = <usize>(pairs * PIXELS * 4);
  const gathered = scratch + <usize>(BLOCK / PIXELS) * windowBytes + 64;
  const table = gathered + <usize>((1 + PIXELS * filterHeight) * gatheredBytes(row << 1) + 16);
  const tableEnd = table + <usize>(filterHeight * PIXELS * 4);
  const pixels = outputHeight * outputWidth;
  const isSameSize = (padTop | padLeft) === 0 && outputHeight === height && outputWidth === width;
  const isPointwise = isSameSize && filterHeight * filterWidth * strideHeight * strideWidth === 1;
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  fillPadding(gathered, row << 1, 0);
  for (let batch = 0; batch < batches; batch++) {
    const image = input + <usize>(batch * height * width * pitch);
    const target = output + <usize>(batch * pixels * outputPitch);
    for (let first = 0; first < pixels; first += BLOCK) {
      const end = min32(first + BLOCK, pixels);
      let rows = scratch;
      for (let pixel = first; pixel < end; pixel += PIXELS) {
        if (isPointwise) {
          const row0 = image + <usize>(pixel * pitch);
          const row1 = image + <usize>(min32(pixel + 1, end - 1) * pitch);
          const row2 = image + <usize>(min32(pixel + 2, end - 1) * pitch);
          const row3 = image + <usize>(min32(pixel + 3, end - 1) * pitch);
          interleaveRows(row0, row1, row2, row3, taps, rows);
          rows += windowBytes;
          continue;
        }
        locateWindows(
          table,
          gathered,
          image,
          height,
          width,
          pitch,
          taps << 1,
          filterHeight,
          filterWidth,
          strideHeight,
          strideWidth,
          dilationHeight,
          dilationWidth,
          padTop,
          padLeft,
          outputWidth,
          pixel,
          end - 1,
        );
        for (let entry = table; entry < tableEnd; entry += PIXELS * 4, rows += <usize>(rowPairs * PIXELS * 4))
          interleaveRows(
            load<u32>(entry),
            load<u32>(entry, 4),
            load<u32>(entry, 8),
            load<u32>(entry, 12),
            row,
            rows,
          );
      }
      for (let column = 0; column < columns; column += COLUMNS) {
        const panel = column >> 3;
        const panelWeights = weights + <usize>(panel * pairs * 32);
        const own = parameters + <usize>panel * WIDE_PARAMETERS;
        const count = columns - column;
        rows = scratch;
        for (let pixel = first; pixel < end; pixel += PIXELS, rows += windowBytes) {
          const place = target + <usize>(pixel * outputPitch + (column << 1));
          if (pixel === end - 1) onePixel(rows, panelWeights, pairs, own, min, max, place, count);
          else tile(rows, panelWeights, pairs, own, min, max, place, outputPitch, end - pixel, count);
        }
      }
    }
  }
}
