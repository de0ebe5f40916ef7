import { min32 } from './integer';
import {
  CHANNEL_PARAMETERS,
  clampToInt8,
  FLOAT_PATH,
  requantize,
  requantizeByScale,
  requantizeExactly,
  requantizeFast,
  requantizeTwoSided,
  TWO_SIDED_PATH,
} from './requantize';
import { storeEightWithin } from './store';
import { fillPadding, gatheredBytes, locateWindows, PIXELS } from './window';

/** Channels that are computed together. */
const COLUMNS = 8;

/** Pixels whose windows are widened before the weights go over them: enough to keep weights from being read again and again. */
const BLOCK = 32;

/** Widens four rows of int8 to int16, interleaved by pairs: [k/2][row][2]. Reads and writes whole eights of k. */
@inline
function widenRows(row0: usize, row1: usize, row2: usize, row3: usize, k: i32, target: usize): void {
  for (let i = 0; i < k; i += 8) {
    const a = v128.load8x8_s(row0 + i);
    const b = v128.load8x8_s(row1 + i);
    const c = v128.load8x8_s(row2 + i);
    const d = v128.load8x8_s(row3 + i);
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

/** Four pixels × eight channels over `pairs` pairs of taps; stores eight int8 for each pixel. */
@inline
function tile(
  x: usize,
  weights: usize,
  pairs: i32,
  bias: usize,
  parameters: usize,
  rounding: i64,
  zeroPoint: v128,
  min: v128,
  max: v128,
  output: usize,
  stride: usize,
): void {
  let c00 = v128.load(bias);
  let c01 = v128.load(bias, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
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
  const shift = load<i32>(parameters, 48);
  if (shift === FLOAT_PATH) {
    const s0 = v128.load(parameters);
    const s1 = v128.load(parameters, 16);
    const rounder = v128.load(parameters, 32);
    const rows01 = i8x16.narrow_i16x8_s(requantizeByScale(c00, c01, s0, s1, rounder), requantizeByScale(c10, c11, s0, s1, rounder));
    v128.store64_lane(output, rows01, 0);
    v128.store64_lane(output + stride, rows01, 1);
    const rows23 = i8x16.narrow_i16x8_s(requantizeByScale(c20, c21, s0, s1, rounder), requantizeByScale(c30, c31, s0, s1, rounder));
    v128.store64_lane(output + 2 * stride, rows23, 0);
    v128.store64_lane(output + 3 * stride, rows23, 1);
  } else if (shift === TWO_SIDED_PATH) {
    const rows01 = i8x16.narrow_i16x8_s(requantizeTwoSided(c00, c01, parameters), requantizeTwoSided(c10, c11, parameters));
    v128.store64_lane(output, rows01, 0);
    v128.store64_lane(output + stride, rows01, 1);
    const rows23 = i8x16.narrow_i16x8_s(requantizeTwoSided(c20, c21, parameters), requantizeTwoSided(c30, c31, parameters));
    v128.store64_lane(output + 2 * stride, rows23, 0);
    v128.store64_lane(output + 3 * stride, rows23, 1);
  } else if (shift >= 0) {
    const m0 = v128.load(parameters);
    const m1 = v128.load(parameters, 16);
    const last = v128.load(parameters, 32);
    const half = v128.load(parameters, 64);
    storeEight(requantizeFast(c00, c01, m0, m1, shift, last, half), zeroPoint, min, max, output);
    storeEight(requantizeFast(c10, c11, m0, m1, shift, last, half), zeroPoint, min, max, output + stride);
    storeEight(requantizeFast(c20, c21, m0, m1, shift, last, half), zeroPoint, min, max, output + 2 * stride);
    storeEight(requantizeFast(c30, c31, m0, m1, shift, last, half), zeroPoint, min, max, output + 3 * stride);
  } else {
    storeEight(requantizeExactly(c00, c01, parameters, rounding), zeroPoint, min, max, output);
    storeEight(requantizeExactly(c10, c11, parameters, rounding), zeroPoint, min, max, output + stride);
    storeEight(requantizeExactly(c20, c21, parameters, rounding), zeroPoint, min, max, output + 2 * stride);
    storeEight(requantizeExactly(c30, c31, parameters, rounding), zeroPoint, min, max, output + 3 * stride);
  }
}

/** One pixel × eight channels, of which the first `count` are stored. */
@inline
function onePixel(
  x: usize,
  weights: usize,
  pairs: i32,
  bias: usize,
  parameters: usize,
  rounding: i64,
  zeroPoint: v128,
  min: v128,
  max: v128,
  output: usize,
  count: i32,
): void {
  let low = v128.load(bias);
  let high = v128.load(bias, 16);
  for (const end = x + (<usize>pairs << 4); x < end; x += 16, weights += 32) {
    const taps = v128.load32_splat(x);
    low = i32x4.add(low, i32x4.dot_i16x8_s(taps, v128.load(weights)));
    high = i32x4.add(high, i32x4.dot_i16x8_s(taps, v128.load(weights, 16)));
  }
  storeEightWithin(output, 0, count, requantize(low, high, parameters, rounding, zeroPoint, min, max));
}

@inline
function storeEight(value: v128, zeroPoint: v128, min: v128, max: v128, output: usize): void {
  v128.store64_lane(output, clampToInt8(value, zeroPoint, min, max), 0);
}

/**
 * Convolution of one group of channels, int8: Σ x·w + bias, requantized.
 * @param input NHWC, first channel of the group; `pitch` bytes a pixel, of which the group has `taps`
 * @param weights int16 [columns/8][filterHeight][pairs of a row][8][2], zero point subtracted, zeros for what is missing
 * @param bias int32 [columns/8][8], the input's zero point folded in
 * @param parameters [columns/8] × `CHANNEL_PARAMETERS`, see requantize.ts
 * @param output NHWC, first channel of the group; `outputPitch` bytes a pixel, of which the group writes `columns`
 * @param scratch 32 windows as pairs of widened taps, then 64 bytes; a row of taps, then 4 windows, their rows rounded up to 16 bytes,
 * then 16 bytes, 32, and 16 for each row
 */
export function conv_int8_4x8_dot16(
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
  bias: usize,
  parameters: usize,
  inputZeroPoint: i32,
  outputZeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
  rounding: i64,
  output: usize,
  scratch: usize,
): void {
  const row = filterWidth * taps;
  const rowPairs = (row + 1) >> 1;
  const pairs = filterHeight * rowPairs;
  const widenedBytes = <usize>(pairs * PIXELS * 4);
  const gathered = scratch + <usize>(BLOCK / PIXELS) * widenedBytes + 64;
  const partial = gathered + <usize>((1 + PIXELS * filterHeight) * gatheredBytes(row) + 16);
  const table = partial + PIXELS * COLUMNS;
  const tableEnd = table + <usize>(filterHeight * PIXELS * 4);
  const pixels = outputHeight * outputWidth;
  const isSameSize = (padTop | padLeft) === 0 && outputHeight === height && outputWidth === width;
  const isPointwise = isSameSize && filterHeight * filterWidth * strideHeight * strideWidth === 1;
  const zeroPoint = i16x8.splat(<i16>outputZeroPoint);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  fillPadding(gathered, row, (inputZeroPoint & 255) * 0x01010101);
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
          widenRows(row0, row1, row2, row3, taps, rows);
          rows += widenedBytes;
          continue;
        }
        locateWindows(
          table,
          gathered,
          image,
          height,
          width,
          pitch,
          taps,
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
          widenRows(
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
        const panelBias = bias + <usize>(panel * 32);
        const panelParameters = parameters + <usize>panel * CHANNEL_PARAMETERS;
        const count = min32(columns - column, COLUMNS);
        rows = scratch;
        for (let pixel = first; pixel < end; pixel += PIXELS, rows += widenedBytes) {
          const isWhole = count === COLUMNS && pixel + PIXELS <= end;
          const place = target + <usize>(pixel * outputPitch + column);
          if (pixel === end - 1) {
            onePixel(rows, panelWeights, pairs, panelBias, panelParameters, rounding, zeroPoint, min, max, place, count);
            continue;
          }
          tile(
            rows,
            panelWeights,
            pairs,
            panelBias,
            panelParameters,
            rounding,
            zeroPoint,
            min,
            max,
            isWhole ? place : partial,
            isWhole ? outputPitch : COLUMNS,
          );
          if (isWhole) continue;
          for (let i = 0; i < min32(end - pixel, PIXELS); i++)
            for (let channel = 0; channel < count; channel++)
              store<i8>(
                place + <usize>(i * outputPitch + channel),
                load<i8>(partial + <usize>(i * COLUMNS + channel)),
              );
        }
      }
    }
  }
}
