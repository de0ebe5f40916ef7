import { requantizeWide, storeInt16, WIDE_PARAMETERS } from './requantize-wide';

/** Channels that are computed together. */
const COLUMNS = 8;

/**
 * Depthwise convolution, int16, zero points 0, depth multiplier 1, any window.
 * @param input NHWC
 * @param weights int16 [channels/8][pairs of taps][8][2], zeros for what is missing
 * @param parameters [channels/8] × `WIDE_PARAMETERS`, see requantize-wide.ts
 * @param padding a pixel of zeros
 * @param scratch two addresses for each pair of taps; 15 bytes of slack behind all tensors
 */
export function depthwise_int16_8_dot16(
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
  parameters: usize,
  padding: usize,
  clampMin: i32,
  clampMax: i32,
  output: usize,
  scratch: usize,
): void {
  const taps = filterHeight * filterWidth;
  const addresses = scratch + <usize>(((taps + 1) >> 1) << 3);
  const pitch = channels << 1;
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  let pixel = output;
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++)
      for (let outputX = 0; outputX < outputWidth; outputX++, pixel += <usize>pitch) {
        let tap = scratch;
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = outputY * strideHeight - padTop + ky * dilationHeight;
          for (let kx = 0; kx < filterWidth; kx++, tap += 4) {
            const x = outputX * strideWidth - padLeft + kx * dilationWidth;
            const isInside = y >= 0 && y < height && x >= 0 && x < width;
            store<u32>(
              tap,
              <u32>(isInside ? input + <usize>(((batch * height + y) * width + x) * pitch) : padding),
            );
          }
        }
        if ((taps & 1) === 1) store<u32>(tap, <u32>padding);
        let w = weights;
        let own = parameters;
        for (let channel = 0; channel < channels; channel += COLUMNS, own += WIDE_PARAMETERS) {
          let low = i32x4.splat(0);
          let high = low;
          for (let address = scratch; address < addresses; address += 8, w += 32) {
            const a = v128.load(<usize>load<u32>(address) + <usize>(channel << 1));
            const b = v128.load(<usize>load<u32>(address, 4) + <usize>(channel << 1));
            const ab0 = v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
            const ab1 = v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
            low = i32x4.add(low, i32x4.dot_i16x8_s(ab0, v128.load(w)));
            high = i32x4.add(high, i32x4.dot_i16x8_s(ab1, v128.load(w, 16)));
          }
          const value = requantizeWide(low, high, own, load<i32>(own, 96), min, max);
          storeInt16(pixel + <usize>(channel << 1), value, channels - channel);
        }
      }
}
