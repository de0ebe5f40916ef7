/**
 * Widens the range of each channel by the values of rows × channels: `range` holds the minima of all channels, then the maxima.
 * Once a NaN is seen the range of its channel is NaN. Channels come in fours.
 */
export function widen_ranges_float32_4(range: usize, values: usize, rows: i32, channels: i32): void {
  const bytes = <usize>channels << 2;
  for (let row = 0; row < rows; row++, values += bytes)
    for (let i: usize = 0; i < bytes; i += 16) {
      const value = v128.load(values + i);
      v128.store(range + i, f32x4.min(v128.load(range + i), value));
      v128.store(range + bytes + i, f32x4.max(v128.load(range + bytes + i), value));
    }
}
