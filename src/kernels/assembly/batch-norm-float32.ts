import { storeWithin } from './store';

/**
 * (x − mean)·scale + offset in float32, each step rounded, for every pixel.
 * @param bytes of a pixel
 * @param parameters mean, scale and offset of every channel, each at a multiple of `pitch` bytes
 */
export function batch_norm_float32_4(
  input: usize,
  output: usize,
  pixels: i32,
  bytes: i32,
  parameters: usize,
  pitch: i32,
): void {
  const scales = parameters + <usize>pitch;
  const offsets = scales + <usize>pitch;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let i = 0; i < bytes; i += 16) {
      const scaled = f32x4.mul(
        f32x4.sub(v128.load(input + i), v128.load(parameters + i)),
        v128.load(scales + i),
      );
      storeWithin(output, i, bytes, f32x4.add(scaled, v128.load(offsets + i)));
    }
    input += bytes;
    output += bytes;
  }
}
