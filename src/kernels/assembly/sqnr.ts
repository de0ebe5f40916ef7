/**
 * Sums over samples for SQNR: for each activation i, sums[i] takes one sample after the other, each step rounded to float32.
 * One to four samples are added in one pass, so that the sums, which are larger than any cache, are read and written once for
 * all of them; their values lie `stride` bytes apart. Where `first` is not 0, sums start with these samples: what was in them does not
 * count. Counts are rounded up to fours: all memory has 15 bytes of slack.
 */

/** a² of one to four samples. */
export function sum_squares_float32(sums: usize, a: usize, stride: usize, samples: i32, count: i32, first: i32): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 16) {
    let at = a + i;
    let sum = add(before(sums + i, first), v128.load(at));
    if (samples > 1) sum = add(sum, v128.load((at += stride)));
    if (samples > 2) sum = add(sum, v128.load((at += stride)));
    if (samples > 3) sum = add(sum, v128.load(at + stride));
    v128.store(sums + i, sum);
  }
}

/** (a − b)² of one to four samples of float32 values. */
export function sum_noise_float32(
  sums: usize,
  a: usize,
  b: usize,
  stride: usize,
  samples: i32,
  count: i32,
  first: i32,
): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 16) {
    let at = a + i;
    let beside = b + i;
    let sum = add(before(sums + i, first), f32x4.sub(v128.load(at), v128.load(beside)));
    if (samples > 1) sum = add(sum, f32x4.sub(v128.load((at += stride)), v128.load((beside += stride))));
    if (samples > 2) sum = add(sum, f32x4.sub(v128.load((at += stride)), v128.load((beside += stride))));
    if (samples > 3) sum = add(sum, f32x4.sub(v128.load(at + stride), v128.load(beside + stride)));
    v128.store(sums + i, sum);
  }
}

/** (a − Δ·(q − Z))² of one to four samples, where q have `unit` bytes, a constant: 1 or 2. */
@inline
function sumNoise(
  unit: i32,
  sums: usize,
  a: usize,
  q: usize,
  stride: usize,
  samples: i32,
  count: i32,
  scale: f32,
  zeroPoint: i32,
  first: i32,
): void {
  const scales = f32x4.splat(scale);
  const zero = i32x4.splat(zeroPoint);
  for (let n: usize = 0; n < <usize>count; n += 4) {
    const i = n << 2;
    let at = a + i;
    let beside = q + n * unit;
    let sum = add(before(sums + i, first), f32x4.sub(v128.load(at), real(unit, beside, scales, zero)));
    if (samples > 1) sum = add(sum, f32x4.sub(v128.load((at += stride)), real(unit, (beside += stride), scales, zero)));
    if (samples > 2) sum = add(sum, f32x4.sub(v128.load((at += stride)), real(unit, (beside += stride), scales, zero)));
    if (samples > 3) sum = add(sum, f32x4.sub(v128.load(at + stride), real(unit, beside + stride, scales, zero)));
    v128.store(sums + i, sum);
  }
}

/** (a − Δ·(q − Z))² of one to four samples, where q are int8. */
export function sum_noise_int8(
  sums: usize,
  a: usize,
  q: usize,
  stride: usize,
  samples: i32,
  count: i32,
  scale: f32,
  zeroPoint: i32,
  first: i32,
): void {
  sumNoise(1, sums, a, q, stride, samples, count, scale, zeroPoint, first);
}

/** The same where q are int16. */
export function sum_noise_int16(
  sums: usize,
  a: usize,
  q: usize,
  stride: usize,
  samples: i32,
  count: i32,
  scale: f32,
  zeroPoint: i32,
  first: i32,
): void {
  sumNoise(2, sums, a, q, stride, samples, count, scale, zeroPoint, first);
}

/** Adds float32 sums to float64 totals; both start at a multiple of 16 bytes. */
export function add_sums_float64(totals: usize, sums: usize, count: i32): void {
  const whole = <usize>(count & ~3) << 2;
  for (let i: usize = 0; i < whole; i += 16) {
    const four = v128.load(sums + i);
    const total = totals + (i << 1);
    v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(four)));
    v128.store(total, f64x2.add(v128.load(total, 16), f64x2.promote_low_f32x4(upper(four))), 16);
  }
  for (let i = count & ~3; i < count; i++) {
    const total = totals + (<usize>i << 3);
    store<f64>(total, load<f64>(total) + <f64>load<f32>(sums + (<usize>i << 2)));
  }
}

@inline
function before(sum: usize, first: i32): v128 {
  return first !== 0 ? i32x4.splat(0) : v128.load(sum);
}

@inline
function add(sum: v128, value: v128): v128 {
  return f32x4.add(sum, f32x4.mul(value, value));
}

/** The real values of four int8 or int16. */
@inline
function real(unit: i32, q: usize, scale: v128, zeroPoint: v128): v128 {
  const values = unit === 2 ? v128.load64_zero(q) : i16x8.extend_low_i8x16_s(v128.load32_zero(q));
  return f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.sub(i32x4.extend_low_i16x8_s(values), zeroPoint)));
}

/**
 * Sums of whole tensors: value i goes to the float64 lane i mod 4 of the four at `lanes`, each difference rounded to float32, each
 * square exact. Counts that are not multiples of four end with single values.
 */

/** a². */
export function total_squares_float32(lanes: usize, a: usize, count: i32): void {
  let low = v128.load(lanes);
  let high = v128.load(lanes, 16);
  const end: usize = (<usize>count & ~3) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const value = v128.load(a + i);
    low = addDouble(low, value);
    high = addDouble(high, upper(value));
  }
  v128.store(lanes, low);
  v128.store(lanes, high, 16);
  for (let i = count & ~3; i < count; i++) addSingle(lanes, i, load<f32>(a + (<usize>i << 2)));
}

/** (a − b)² of float32 values. */
export function total_noise_float32(lanes: usize, a: usize, b: usize, count: i32): void {
  let low = v128.load(lanes);
  let high = v128.load(lanes, 16);
  const end: usize = (<usize>count & ~3) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const value = f32x4.sub(v128.load(a + i), v128.load(b + i));
    low = addDouble(low, value);
    high = addDouble(high, upper(value));
  }
  v128.store(lanes, low);
  v128.store(lanes, high, 16);
  for (let i = count & ~3; i < count; i++) {
    const offset = <usize>i << 2;
    addSingle(lanes, i, load<f32>(a + offset) - load<f32>(b + offset));
  }
}

/** (a − Δ·(q − Z))² where q have `unit` bytes, a constant: 1 or 2. */
@inline
function totalNoise(unit: i32, lanes: usize, a: usize, q: usize, count: i32, scale: f32, zeroPoint: i32): void {
  const scales = f32x4.splat(scale);
  const zero = i32x4.splat(zeroPoint);
  let low = v128.load(lanes);
  let high = v128.load(lanes, 16);
  const end: usize = <usize>count & ~3;
  for (let n: usize = 0; n < end; n += 4) {
    const value = f32x4.sub(v128.load(a + (n << 2)), real(unit, q + n * unit, scales, zero));
    low = addDouble(low, value);
    high = addDouble(high, upper(value));
  }
  v128.store(lanes, low);
  v128.store(lanes, high, 16);
  for (let i = count & ~3; i < count; i++) {
    const place = q + <usize>(i * unit);
    const known = scale * <f32>((unit === 2 ? <i32>load<i16>(place) : <i32>load<i8>(place)) - zeroPoint);
    addSingle(lanes, i, load<f32>(a + (<usize>i << 2)) - known);
  }
}

/** (a − Δ·(q − Z))² where q are int8. */
export function total_noise_int8(lanes: usize, a: usize, q: usize, count: i32, scale: f32, zeroPoint: i32): void {
  totalNoise(1, lanes, a, q, count, scale, zeroPoint);
}

/** The same where q are int16. */
export function total_noise_int16(lanes: usize, a: usize, q: usize, count: i32, scale: f32, zeroPoint: i32): void {
  totalNoise(2, lanes, a, q, count, scale, zeroPoint);
}

/** The lower two squares of four float32 values, added to two doubles. */
@inline
function addDouble(sum: v128, value: v128): v128 {
  const wide = f64x2.promote_low_f32x4(value);
  return f64x2.add(sum, f64x2.mul(wide, wide));
}

@inline
function upper(value: v128): v128 {
  return i8x16.shuffle(value, value, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

@inline
function addSingle(lanes: usize, index: i32, value: f32): void {
  const lane = lanes + ((<usize>index & 3) << 3);
  store<f64>(lane, load<f64>(lane) + <f64>value * <f64>value);
}
