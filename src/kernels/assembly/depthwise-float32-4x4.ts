import { fourPixels, PIXELS, TAP_WEIGHTS } from './depthwise-float32-pixels';
import { min32 } from './integer';
import { firstTouched, touch } from './touch';

/**
 * Depthwise convolution, float32, depth multiplier 1, rows of the window of 3 or 5 taps side by side, horizontal stride 1 or 2:
 * Σ x·w + bias in the order of the taps, clamped to [min, max].
 * @param weights float32 [channels/8][taps][8]
 * @param bias float32 [channels/8][8]
 * @param padding a pixel of zeros: x + 0·w is x, since no sum is −0 and weights are finite; rows outside are left out
 * @param norm of the batch normalization behind it, see epilogue.ts; 0 for none
 * @param scratch not needed; 15 bytes of slack behind all tensors
 */
export function depthwise_float32_4x4(
  input: usize,
  batches: i32,
  height: i32,
  width: i32,
  channels: i32,
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
  weights: usize,
  bias: usize,
  padding: usize,
  norm: usize,
  clampMin: f32,
  clampMax: f32,
  output: usize,
  scratch: usize,
): void {
  const min = f32x4.splat(clampMin);
  const max = f32x4.splat(clampMax);
  const pixelBytes = channels << 2;
  const rowBytes = width * pixelBytes;
  const rowStep = <usize>(dilationHeight * rowBytes);
  const panelWeights = <usize>(filterHeight * filterWidth * TAP_WEIGHTS);
  const span = (PIXELS - 1) * strideWidth + filterWidth;
  for (let batch = 0; batch < batches; batch++) {
    const image = input + <usize>(batch * height * rowBytes);
    let touched = firstTouched(image, height * rowBytes);
    for (let outputY = 0; outputY < outputHeight; outputY++) {
      let y = outputY * strideHeight - padTop;
      let first = 0;
      for (; first < filterHeight && y < 0; first++) y += dilationHeight;
      let end = first;
      for (let last = y; end < filterHeight && last < height; end++) last += dilationHeight;
      const rows = end - first;
      const below = min32(y + (rows - 1) * dilationHeight + 1, height);
      touched = touch(touched, image + <usize>(below * rowBytes));
      const firstWeights = weights + <usize>(first * filterWidth * TAP_WEIGHTS);
      let place = output + <usize>((batch * outputHeight + outputY) * outputWidth * pixelBytes);
      for (let pixel = 0; pixel < outputWidth; pixel += PIXELS, place += <usize>(PIXELS * pixelBytes)) {
        const x = pixel * strideWidth - padLeft;
        const row = image + <usize>(y * rowBytes + x * pixelBytes);
        const left = outputWidth - pixel;
        const isInside = x >= 0 && x + span <= width && left >= PIXELS;
        // Constants as they are, so that the compiler makes a loop for each.
        if (filterWidth === 3)
          if (strideWidth === 1)
            if (isInside)
              fourPixels(
                3, 1, false, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias,
                padding, norm, min, max, place, left,
              );
            else
              fourPixels(
                3, 1, true, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias,
                padding, norm, min, max, place, left,
              );
          else if (isInside)
            fourPixels(
              3, 2, false, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias,
              padding, norm, min, max, place, left,
            );
          else
            fourPixels(
              3, 2, true, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias,
              padding, norm, min, max, place, left,
            );
        else if (strideWidth === 1)
          if (isInside)
            fourPixels(
              5, 1, false, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias,
              padding, norm, min, max, place, left,
            );
          else
            fourPixels(
              5, 1, true, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias,
              padding, norm, min, max, place, left,
            );
        else if (isInside)
          fourPixels(
            5, 2, false, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias,
            padding, norm, min, max, place, left,
          );
        else
          fourPixels(
            5, 2, true, x, width, row, rows, rowStep, pixelBytes, firstWeights, panelWeights, bias, padding,
            norm, min, max, place, left,
          );
      }
    }
  }
}
