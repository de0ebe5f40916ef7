import { clamp, NORM_PARAMETERS, normalize } from './epilogue';

/** Channels that are computed together. */
const COLUMNS = 8;

/**
 * Depthwise convolution, float32, depth multiplier 1, any window: Σ x·w + bias in the order of the taps, clamped to [min, max].
 * @param weights float32 [channels/8][taps][8]
 * @param bias float32 [channels/8][8]
 * @param padding a pixel of zeros: x + 0·w is x, since no sum is −0 and weights are finite
 * @param norm of the batch normalization behind it, see epilogue.ts; 0 for none
 * @param scratch an address for each tap, then 32 bytes; 31 bytes of slack behind all tensors
 */
export function depthwise_float32_8(
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
  const addresses = scratch + <usize>((filterHeight * filterWidth) << 2);
  const partial = addresses;
  const min = f32x4.splat(clampMin);
  const max = f32x4.splat(clampMax);
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
              <u32>(
                (isInside ? input + <usize>((((batch * height + y) * width + x) * channels) << 2) : padding)
              ),
            );
          }
        }
        const pixel =
          output + <usize>((((batch * outputHeight + outputY) * outputWidth + outputX) * channels) << 2);
        let w = weights;
        for (let channel = 0; channel < channels; channel += COLUMNS) {
          const offset = <usize>(channel << 2);
          let low = f32x4.splat(0);
          let high = low;
          for (let address = scratch; address < addresses; address += 4, w += 32) {
            const x = <usize>load<u32>(address) + offset;
            low = f32x4.add(low, f32x4.mul(v128.load(x), v128.load(w)));
            high = f32x4.add(high, f32x4.mul(v128.load(x, 16), v128.load(w, 16)));
          }
          low = f32x4.add(low, v128.load(bias + offset));
          high = f32x4.add(high, v128.load(bias + offset, 16));
          if (norm !== 0) {
            low = normalize(low, norm + offset * NORM_PARAMETERS);
            high = normalize(high, norm + offset * NORM_PARAMETERS + 16);
          }
          low = clamp(low, min, max);
          high = clamp(high, min, max);
          const isWhole = channel + COLUMNS <= channels;
          const place = isWhole ? pixel + offset : partial;
          v128.store(place, low);
          v128.store(place, high, 16);
          if (isWhole) continue;
          for (let rest: usize = 0; rest < <usize>(channels - channel) << 2; rest += 4)
            store<f32>(pixel + offset + rest, load<f32>(partial + rest));
        }
      }
}
