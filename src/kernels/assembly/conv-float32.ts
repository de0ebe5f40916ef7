import { NORM_PARAMETERS, normalize } from './epilogue';
import { min32 } from './integer';
import { storeWithin } from './store';
import { fillPadding, gatheredBytes, locatePixels, locateWindows, PIXELS } from './window';

/** Channels that are computed together. */
const COLUMNS = 8;

/**
 * Four pixels × eight channels over rows of taps. Every sum starts at +0 and takes its products in the order of the taps, each
 * rounded before it is added; the bias comes last. `pmax` and `pmin` are the reference's comparisons, with its −0 and NaN.
 * @param table, tableEnd addresses of rows, four for each row of the window
 */
@inline
function tile(
  table: usize,
  tableEnd: usize,
  rowBytes: i32,
  weights: usize,
  bias: usize,
  norm: usize,
  min: v128,
  max: v128,
  output: usize,
  stride: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  do {
    let row0 = <usize>load<u32>(table);
    let row1 = <usize>load<u32>(table, 4);
    let row2 = <usize>load<u32>(table, 8);
    let row3 = <usize>load<u32>(table, 12);
    const end = row0 + rowBytes;
    do {
      const w0 = v128.load(weights);
      const w1 = v128.load(weights, 16);
      const x0 = v128.load32_splat(row0);
      c00 = f32x4.add(c00, f32x4.mul(x0, w0));
      c01 = f32x4.add(c01, f32x4.mul(x0, w1));
      const x1 = v128.load32_splat(row1);
      c10 = f32x4.add(c10, f32x4.mul(x1, w0));
      c11 = f32x4.add(c11, f32x4.mul(x1, w1));
      const x2 = v128.load32_splat(row2);
      c20 = f32x4.add(c20, f32x4.mul(x2, w0));
      c21 = f32x4.add(c21, f32x4.mul(x2, w1));
      const x3 = v128.load32_splat(row3);
      c30 = f32x4.add(c30, f32x4.mul(x3, w0));
      c31 = f32x4.add(c31, f32x4.mul(x3, w1));
      weights += 32;
      row0 += 4;
      row1 += 4;
      row2 += 4;
      row3 += 4;
    } while (row0 < end);
    table += PIXELS * 4;
  } while (table < tableEnd);
  const b0 = v128.load(bias);
  const b1 = v128.load(bias, 16);
  storeEight(f32x4.add(c00, b0), f32x4.add(c01, b1), norm, min, max, output);
  storeEight(f32x4.add(c10, b0), f32x4.add(c11, b1), norm, min, max, output + stride);
  storeEight(f32x4.add(c20, b0), f32x4.add(c21, b1), norm, min, max, output + 2 * stride);
  storeEight(f32x4.add(c30, b0), f32x4.add(c31, b1), norm, min, max, output + 3 * stride);
}

/** One pixel, all channels: sixteen at a time, so that enough sums are under way. */
function onePixel(
  table: usize,
  tableEnd: usize,
  rowBytes: i32,
  columns: i32,
  weights: usize,
  panelBytes: usize,
  bias: usize,
  norm: usize,
  min: v128,
  max: v128,
  output: usize,
): void {
  const end = columns << 2;
  for (let offset = 0; offset < end; offset += 2 * COLUMNS * 4) {
    const hasTwo = offset + COLUMNS * 4 < end;
    let w = weights;
    let next = hasTwo ? weights + panelBytes : weights;
    weights = next + panelBytes;
    let c0 = f32x4.splat(0);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    for (let entry = table; entry < tableEnd; entry += PIXELS * 4) {
      let row = <usize>load<u32>(entry);
      const rowEnd = row + rowBytes;
      do {
        const x = v128.load32_splat(row);
        c0 = f32x4.add(c0, f32x4.mul(x, v128.load(w)));
        c1 = f32x4.add(c1, f32x4.mul(x, v128.load(w, 16)));
        c2 = f32x4.add(c2, f32x4.mul(x, v128.load(next)));
        c3 = f32x4.add(c3, f32x4.mul(x, v128.load(next, 16)));
        row += 4;
        w += 32;
        next += 32;
      } while (row < rowEnd);
    }
    const own = norm === 0 ? 0 : norm + offset * NORM_PARAMETERS;
    storePanel(c0, c1, bias + offset, own, min, max, output + offset, end - offset);
    if (!hasTwo) break;
    const other = own === 0 ? 0 : own + COLUMNS * 4 * NORM_PARAMETERS;
    const second = offset + COLUMNS * 4;
    storePanel(c2, c3, bias + second, other, min, max, output + second, end - second);
  }
}

/** Stores eight channels, or the first `bytes` of them. */
@inline
function storePanel(
  low: v128,
  high: v128,
  bias: usize,
  norm: usize,
  min: v128,
  max: v128,
  output: usize,
  bytes: i32,
): void {
  low = finish(f32x4.add(low, v128.load(bias)), norm, min, max);
  high = finish(f32x4.add(high, v128.load(bias, 16)), norm === 0 ? 0 : norm + 16, min, max);
  storeWithin(output, 0, bytes, low);
  if (bytes > 16) storeWithin(output, 16, bytes, high);
}

/** Batch normalization, if there is one, and clamp. */
@inline
function finish(sum: v128, norm: usize, min: v128, max: v128): v128 {
  if (norm !== 0) sum = normalize(sum, norm);
  return f32x4.pmin(f32x4.pmax(sum, min), max);
}

@inline
function storeEight(low: v128, high: v128, norm: usize, min: v128, max: v128, output: usize): void {
  v128.store(output, finish(low, norm, min, max));
  v128.store(output, finish(high, norm === 0 ? 0 : norm + 16, min, max), 16);
}

/**
 * Convolution of one group of channels, float32: Σ x·w + bias, clamped to [min, max].
 * @param input NHWC, first channel of the group; `pitch` bytes a pixel, of which the group has `taps`
 * @param weights float32 [columns/8][depth][8], zeros for what is missing
 * @param bias float32 [columns/8][8]; zeros change nothing, since no sum is −0
 * @param norm of the batch normalization behind it, see epilogue.ts; 0 for none
 * @param output NHWC, first channel of the group; `outputPitch` bytes a pixel, of which the group writes `columns` channels
 * @param scratch a row of taps, then 4 windows, their rows rounded up to 16 bytes, then 16 bytes, 128, and 16 for each row
 */
export function conv_float32_4x8(
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
  norm: usize,
  clampMin: f32,
  clampMax: f32,
  output: usize,
  scratch: usize,
): void {
  const bytes = taps << 2;
  const rowBytes = filterWidth * bytes;
  const panelBytes = <usize>(filterHeight * rowBytes * COLUMNS);
  const partial = scratch + <usize>((1 + PIXELS * filterHeight) * gatheredBytes(rowBytes) + 16);
  const table = partial + PIXELS * COLUMNS * 4;
  const tableEnd = table + <usize>(filterHeight * PIXELS * 4);
  const pixels = outputHeight * outputWidth;
  const isSameSize = (padTop | padLeft) === 0 && outputHeight === height && outputWidth === width;
  const isPointwise = isSameSize && filterHeight * filterWidth * strideHeight * strideWidth === 1;
  const min = f32x4.splat(clampMin);
  const max = f32x4.splat(clampMax);
  const last = pixels - 1;
  fillPadding(scratch, rowBytes, 0);
  for (let batch = 0; batch < batches; batch++) {
    const image = input + <usize>(batch * height * width * pitch);
    const target = output + <usize>(batch * pixels * outputPitch);
    for (let pixel = 0; pixel < pixels; pixel += PIXELS) {
      if (isPointwise) locatePixels(table, image, pitch, pixel, last);
      else
        locateWindows(
          table,
          scratch,
          image,
          height,
          width,
          pitch,
          bytes,
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
          last,
        );
      if (pixel === last) {
        const place = target + <usize>(pixel * outputPitch);
        onePixel(table, tableEnd, rowBytes, columns, weights, panelBytes, bias, norm, min, max, place);
        continue;
      }
      for (let column = 0; column < columns; column += COLUMNS) {
        const panelWeights = weights + <usize>(column >> 3) * panelBytes;
        const count = min32(columns - column, COLUMNS);
        const isWhole = count === COLUMNS && pixel + PIXELS <= pixels;
        const place = target + <usize>(pixel * outputPitch + (column << 2));
        tile(
          table,
          tableEnd,
          rowBytes,
          panelWeights,
          bias + <usize>(column << 2),
          norm === 0 ? 0 : norm + <usize>(column << 2) * NORM_PARAMETERS,
          min,
          max,
          isWhole ? place : partial,
          isWhole ? outputPitch : COLUMNS << 2,
        );
        if (isWhole) continue;
        for (let row = 0; row < min32(pixels - pixel, PIXELS); row++)
          for (let channel = 0; channel < count; channel++)
            store<f32>(
              place + <usize>(row * outputPitch + (channel << 2)),
              load<f32>(partial + <usize>((row * COLUMNS + channel) << 2)),
            );
      }
    }
  }
}
