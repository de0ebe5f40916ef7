import { onePixel } from './conv-float32-pixel';
import { COLUMNS, fourPixels } from './conv-float32-tile';
import { fillPadding, gatheredBytes, locatePixels, locateWindows, PIXELS } from './window';

/**
 * Convolution of one group of channels, float32: Σ x·w + bias, clamped to [min, max].
 * @param input NHWC, first channel of the group; `pitch` bytes a pixel, of which the group has `taps`
 * @param weights float32 [columns/8][depth][8], zeros for what is missing
 * @param bias float32 [columns/8][8], of which zeros change nothing, since no sum is −0; 0 for none
 * @param norm of the batch normalization behind it, see epilogue.ts; 0 for none
 * @param output NHWC, first channel of the group; `outputPitch` bytes a pixel, of which the group writes `columns` channels
 * @param scratch a row of taps, then 4 windows, their rows rounded up to 16 bytes, then 32 bytes and 16 for each row
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
  const outputBytes = columns << 2;
  const places = scratch + <usize>((1 + PIXELS * filterHeight) * gatheredBytes(rowBytes) + 16);
  const table = places + PIXELS * 4;
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
      locatePixels(places, target, outputPitch, pixel, last);
      let panelWeights = weights;
      for (let offset = 0; offset < outputBytes; offset += COLUMNS * 4)
        panelWeights = fourPixels(
          table,
          tableEnd,
          rowBytes,
          panelWeights,
          bias,
          norm,
          min,
          max,
          places,
          offset,
          outputBytes - offset,
        );
    }
  }
}
