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

/**
 * Smallest and largest of one or more values, in this order; both NaN if there is a NaN. Zeros of either sign are the same.
 * NaN is looked for apart: a comparison that leaves it out takes one instruction, one that keeps it about eight.
 */
export function find_range_float32(range: usize, values: usize, count: i32): void {
  const first = f32x4.splat(f32.load(values));
  let min0 = first;
  let min1 = first;
  let max0 = first;
  let max1 = first;
  let isNaN = f32x4.ne(first, first);
  const end = values + (<usize>count << 2);
  for (; values + 32 <= end; values += 32) {
    const a = v128.load(values);
    const b = v128.load(values, 16);
    min0 = f32x4.pmin(min0, a);
    min1 = f32x4.pmin(min1, b);
    max0 = f32x4.pmax(max0, a);
    max1 = f32x4.pmax(max1, b);
    isNaN = v128.or(isNaN, v128.or(f32x4.ne(a, a), f32x4.ne(b, b)));
  }
  for (; values < end; values += 4) {
    const a = f32x4.splat(f32.load(values));
    min0 = f32x4.pmin(min0, a);
    max0 = f32x4.pmax(max0, a);
    isNaN = v128.or(isNaN, f32x4.ne(a, a));
  }
  min0 = f32x4.pmin(min0, min1);
  max0 = f32x4.pmax(max0, max1);
  min0 = f32x4.pmin(min0, i32x4.shuffle(min0, min0, 2, 3, 0, 1));
  max0 = f32x4.pmax(max0, i32x4.shuffle(max0, max0, 2, 3, 0, 1));
  min0 = f32x4.pmin(min0, i32x4.shuffle(min0, min0, 1, 0, 3, 2));
  max0 = f32x4.pmax(max0, i32x4.shuffle(max0, max0, 1, 0, 3, 2));
  const any = v128.any_true(isNaN);
  f32.store(range, any ? NaN : f32x4.extract_lane(min0, 0));
  f32.store(range, any ? NaN : f32x4.extract_lane(max0, 0), 4);
}

/** Adds 1 to the float64 count of bin floor(value · scale) of each value; `zero` is the address of bin 0. The bins exist. */
export function count_bins_float32(zero: usize, values: usize, count: i32, scale: f64): void {
  const end = values + (<usize>count << 2);
  for (; values < end; values += 4) {
    const bin = zero + (<i32>floor<f64>(<f64>f32.load(values) * scale) << 3);
    f64.store(bin, f64.load(bin) + 1);
  }
}
