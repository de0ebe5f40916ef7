import { NORM_PARAMETERS, normalize } from './epilogue';
import { gatherWindow } from './window';

/** Pixels that are computed together, and channels. */
const ROWS = 4;
const COLUMNS = 8;

/**
 * Four pixels × eight channels over `depth` taps. Every sum starts at +0 and takes its products in the order of the taps, each
 * rounded before it is added; the bias comes last. `pmax` and `pmin` are the reference's comparisons, with its −0 and NaN.
 */
@inline
function tile(
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  depth: i32,
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
  for (const end = row0 + (<usize>depth << 2); row0 < end; ) {
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
  }
  const b0 = v128.load(bias);
  const b1 = v128.load(bias, 16);
  storeEight(f32x4.add(c00, b0), f32x4.add(c01, b1), norm, min, max, output);
  storeEight(f32x4.add(c10, b0), f32x4.add(c11, b1), norm, min, max, output + stride);
  storeEight(f32x4.add(c20, b0), f32x4.add(c21, b1), norm, min, max, output + 2 * stride);
  storeEight(f32x4.add(c30, b0), f32x4.add(c31, b1), norm, min, max, output + 3 * stride);
}

@inline
function storeEight(low: v128, high: v128, norm: usize, min: v128, max: v128, output: usize): void {
  if (norm !== 0) {
    low = normalize(low, norm);
    high = normalize(high, norm + 16);
  }
  v128.store(output, f32x4.pmin(f32x4.pmax(low, min), max));
  v128.store(output, f32x4.pmin(f32x4.pmax(high, min), max), 16);
}

/**
 * Convolution of one group of channels, float32: Σ x·w + bias, clamped to [min, max].
 * @param input NHWC, first channel of the group; `pitch` bytes a pixel, of which the group has `taps`
 * @param weights float32 [columns/8][depth][8], zeros for what is missing
 * @param bias float32 [columns/8][8]; zeros change nothing, since no sum is −0
 * @param norm of the batch normalization behind it, see epilogue.ts; 0 for none
 * @param output NHWC, first channel of the group; `outputPitch` bytes a pixel, of which the group writes `columns` channels
 * @param scratch 4 windows of taps, then 16 bytes, then 128, and 16 of slack
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
  const depth = filterHeight * filterWidth * taps;
  const windowBytes = depth << 2;
  const partial = scratch + <usize>(ROWS * windowBytes + 16);
  const isSameSize = (padTop | padLeft) === 0 && outputHeight === height && outputWidth === width;
  const isPointwise = isSameSize && filterHeight * filterWidth * strideHeight * strideWidth === 1;
  const min = f32x4.splat(clampMin);
  const max = f32x4.splat(clampMax);
  const pixels = outputHeight * outputWidth;
  for (let batch = 0; batch < batches; batch++) {
    const image = input + <usize>(batch * height * width * pitch);
    const target = output + <usize>(batch * pixels * outputPitch);
    for (let pixel = 0; pixel < pixels; pixel += ROWS) {
      const last = pixels - 1;
      let row0 = scratch;
      let row1 = scratch + <usize>windowBytes;
      let row2 = scratch + <usize>(2 * windowBytes);
      let row3 = scratch + <usize>(3 * windowBytes);
      if (isPointwise) {
        row0 = image + <usize>(pixel * pitch);
        row1 = image + <usize>(min32(pixel + 1, last) * pitch);
        row2 = image + <usize>(min32(pixel + 2, last) * pitch);
        row3 = image + <usize>(min32(pixel + 3, last) * pitch);
      } else
        for (let row = 0; row < ROWS; row++) {
          const position = min32(pixel + row, last);
          const outputY = position / outputWidth;
          const y = outputY * strideHeight - padTop;
          const x = (position - outputY * outputWidth) * strideWidth - padLeft;
          gatherWindow(
            scratch + <usize>(row * windowBytes),
            image,
            height,
            width,
            pitch,
            bytes,
            filterHeight,
            filterWidth,
            dilationHeight,
            dilationWidth,
            y,
            x,
            0,
          );
        }
      for (let column = 0; column < columns; column += COLUMNS) {
        const panelWeights = weights + <usize>(column * windowBytes);
        const count = min32(columns - column, COLUMNS);
        const isWhole = count === COLUMNS && pixel + ROWS <= pixels;
        const place = target + <usize>(pixel * outputPitch + (column << 2));
        tile(
          row0,
          row1,
          row2,
          row3,
          depth,
          panelWeights,
          bias + <usize>(column << 2),
          norm === 0 ? 0 : norm + <usize>(column << 2) * NORM_PARAMETERS,
          min,
          max,
          isWhole ? place : partial,
          isWhole ? outputPitch : COLUMNS << 2,
        );
        if (isWhole) continue;
        for (let row = 0; row < min32(pixels - pixel, ROWS); row++)
          for (let channel = 0; channel < count; channel++)
            store<f32>(
              place + <usize>(row * outputPitch + (channel << 2)),
              load<f32>(partial + <usize>((row * COLUMNS + channel) << 2)),
            );
      }
    }
  }
}

@inline
function min32(a: i32, b: i32): i32 {
  return a < b ? a : b;
}
