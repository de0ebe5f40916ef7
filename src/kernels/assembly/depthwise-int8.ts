import { CHANNEL_PARAMETERS, requantize } from './requantize';

/** Channels that are computed together. */
const COLUMNS = 8;

/** Taps a and b of eight channels, interleaved: the lower or the upper four channels as pairs of int16. */
@inline
function interleave(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/**
 * Depthwise convolution, int8, depth multiplier 1, any window.
 * @param input NHWC
 * @param weights int16 [channels/8][pairs of taps][8][2], zero point subtracted, zeros for what is missing
 * @param bias int32 [channels/8][8], the input's zero point folded in
 * @param parameters [channels/8] × `CHANNEL_PARAMETERS`, see requantize.ts
 * @param padding a pixel of input zero points
 * @param scratch two addresses for each pair of taps, then 8 bytes; 15 bytes of slack behind all tensors
 */
export function depthwise_int8_8_dot16(
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
  parameters: usize,
  padding: usize,
  outputZeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
  rounding: i64,
  output: usize,
  scratch: usize,
): void {
  const taps = filterHeight * filterWidth;
  const pairs = (taps + 1) >> 1;
  const addresses = scratch + <usize>(pairs << 3);
  const partial = addresses;
  const zeroPoint = i16x8.splat(<i16>outputZeroPoint);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++)
      for (let outputX = 0; outputX < outputWidth; outputX++) {
        let tap = scratch;
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = outputY * strideHeight - padTop + ky * dilationHeight;
          for (let kx = 0; kx < filterWidth; kx++, tap += 4) {
            const x = outputX * strideWidth - padLeft + kx * dilationWidth;
            const isInside = y >= 0 && y < height && x >= 0 && x < width;
            store<u32>(
              tap,
              <u32>(isInside ? input + <usize>(((batch * height + y) * width + x) * channels) : padding),
            );
          }
        }
        if ((taps & 1) === 1) store<u32>(tap, <u32>padding);
        const pixel = output + <usize>(((batch * outputHeight + outputY) * outputWidth + outputX) * channels);
        let w = weights;
        for (let channel = 0; channel < channels; channel += COLUMNS) {
          const panel = channel >> 3;
          let low = v128.load(bias + <usize>(panel << 5));
          let high = v128.load(bias + <usize>(panel << 5), 16);
          for (let address = scratch; address < addresses; address += 8, w += 32) {
            const a = v128.load64_zero(<usize>load<u32>(address) + channel);
            const b = v128.load64_zero(<usize>load<u32>(address, 4) + channel);
            const ab = interleave(a, b);
            low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(ab), v128.load(w)));
            high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(ab), v128.load(w, 16)));
          }
          const own = parameters + <usize>panel * CHANNEL_PARAMETERS;
          const bytes = requantize(low, high, own, rounding, zeroPoint, min, max);
          if (channel + COLUMNS <= channels) v128.store64_lane(pixel + channel, bytes, 0);
          else {
            v128.store64_lane(partial, bytes, 0);
            for (let rest = 0; rest < channels - channel; rest++)
              store<i8>(pixel + <usize>(channel + rest), load<i8>(partial + rest));
          }
        }
      }
}
