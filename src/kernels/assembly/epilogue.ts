/** Registers of a batch normalization's panel of eight channels, in pairs: means, scales, offsets, eight of each. */
export const NORM_PARAMETERS: usize = 3;

/** (x − mean)·scale + offset of four channels, each step rounded. */
@inline
export function normalize(x: v128, parameters: usize): v128 {
  const centred = f32x4.sub(x, v128.load(parameters));
  return f32x4.add(f32x4.mul(centred, v128.load(parameters, 32)), v128.load(parameters, 64));
}

/** `pmax` and `pmin` are the reference's comparisons, with its −0 and NaN. */
@inline
export function clamp(x: v128, min: v128, max: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, min), max);
}
