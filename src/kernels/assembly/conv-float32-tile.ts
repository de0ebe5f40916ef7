import { NORM_PARAMETERS, normalize } from './epilogue';
import { storeWithin } from './store';
import { PIXELS } from './window';

/** Channels that are computed together. */
export const COLUMNS = 8;

/** The first product, which is computed when the second is there: the shuffle orders them and becomes no instruction. */
@inline
function behind(first: v128, second: v128): v128 {
  return v128.shuffle<f32>(first, second, 0, 1, 2, 3);
}

/**
 * Four pixels × eight channels over rows of taps. Every sum starts at +0 and takes its products in the order of the taps, each
 * rounded before it is added; the bias comes last.
 *
 * The loop is written out for several taps, since its counting costs as much as a sixth of the arithmetic. The tests between them
 * keep the registers of one tap apart from the next one's, which an engine may else mix up until there are too few; two products
 * stand before their sums, because processors then feed their multipliers and adders more evenly.
 * @param table, tableEnd addresses of rows, four for each row of the window
 * @param places addresses of the four pixels' channels in the output, to which `offset` is added
 * @param bytes that may be written of each pixel's channels
 */
@inline
export function fourPixels(
  table: usize,
  tableEnd: usize,
  rowBytes: i32,
  weights: usize,
  bias: usize,
  norm: usize,
  min: v128,
  max: v128,
  places: usize,
  offset: usize,
  bytes: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const rowWeights = <usize>(rowBytes << 3);
  do {
    let row0 = <usize>load<u32>(table);
    let row1 = <usize>load<u32>(table, 4);
    let row2 = <usize>load<u32>(table, 8);
    let row3 = <usize>load<u32>(table, 12);
    let w = weights;
    let left = rowBytes;
    do {
      let w0: v128, w1: v128, x: v128, p: v128;
      w0 = v128.load(w);
      w1 = v128.load(w, 16);
      x = v128.load32_splat(row0);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      if (left <= 4) break;
      w0 = v128.load(w, 32);
      w1 = v128.load(w, 48);
      x = v128.load32_splat(row0, 4);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1, 4);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2, 4);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3, 4);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      if (left <= 8) break;
      w0 = v128.load(w, 64);
      w1 = v128.load(w, 80);
      x = v128.load32_splat(row0, 8);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1, 8);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2, 8);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3, 8);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      if (left <= 12) break;
      w0 = v128.load(w, 96);
      w1 = v128.load(w, 112);
      x = v128.load32_splat(row0, 12);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1, 12);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2, 12);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3, 12);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      if (left <= 16) break;
      w0 = v128.load(w, 128);
      w1 = v128.load(w, 144);
      x = v128.load32_splat(row0, 16);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1, 16);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2, 16);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3, 16);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      if (left <= 20) break;
      w0 = v128.load(w, 160);
      w1 = v128.load(w, 176);
      x = v128.load32_splat(row0, 20);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1, 20);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2, 20);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3, 20);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      if (left <= 24) break;
      w0 = v128.load(w, 192);
      w1 = v128.load(w, 208);
      x = v128.load32_splat(row0, 24);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1, 24);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2, 24);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3, 24);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      if (left <= 28) break;
      w0 = v128.load(w, 224);
      w1 = v128.load(w, 240);
      x = v128.load32_splat(row0, 28);
      p = f32x4.mul(x, w1);
      c00 = f32x4.add(c00, behind(f32x4.mul(x, w0), p));
      c01 = f32x4.add(c01, p);
      x = v128.load32_splat(row1, 28);
      p = f32x4.mul(x, w1);
      c10 = f32x4.add(c10, behind(f32x4.mul(x, w0), p));
      c11 = f32x4.add(c11, p);
      x = v128.load32_splat(row2, 28);
      p = f32x4.mul(x, w1);
      c20 = f32x4.add(c20, behind(f32x4.mul(x, w0), p));
      c21 = f32x4.add(c21, p);
      x = v128.load32_splat(row3, 28);
      p = f32x4.mul(x, w1);
      c30 = f32x4.add(c30, behind(f32x4.mul(x, w0), p));
      c31 = f32x4.add(c31, p);
      w += 256;
      row0 += 32;
      row1 += 32;
      row2 += 32;
      row3 += 32;
      left -= 32;
    } while (left > 0);
    weights += rowWeights;
    table += PIXELS * 4;
  } while (table < tableEnd);
  const b0 = v128.load(bias);
  const b1 = v128.load(bias, 16);
  c00 = f32x4.add(c00, b0);
  c10 = f32x4.add(c10, b0);
  c20 = f32x4.add(c20, b0);
  c30 = f32x4.add(c30, b0);
  c01 = f32x4.add(c01, b1);
  c11 = f32x4.add(c11, b1);
  c21 = f32x4.add(c21, b1);
  c31 = f32x4.add(c31, b1);
  if (norm !== 0) {
    c00 = normalize(c00, norm);
    c10 = normalize(c10, norm);
    c20 = normalize(c20, norm);
    c30 = normalize(c30, norm);
    c01 = normalize(c01, norm + 16);
    c11 = normalize(c11, norm + 16);
    c21 = normalize(c21, norm + 16);
    c31 = normalize(c31, norm + 16);
  }
  const place0 = <usize>load<u32>(places) + offset;
  const place1 = <usize>load<u32>(places, 4) + offset;
  const place2 = <usize>load<u32>(places, 8) + offset;
  const place3 = <usize>load<u32>(places, 12) + offset;
  c00 = clamp(c00, min, max);
  c01 = clamp(c01, min, max);
  c10 = clamp(c10, min, max);
  c11 = clamp(c11, min, max);
  c20 = clamp(c20, min, max);
  c21 = clamp(c21, min, max);
  c30 = clamp(c30, min, max);
  c31 = clamp(c31, min, max);
  if (bytes >= COLUMNS * 4) {
    v128.store(place0, c00);
    v128.store(place0, c01, 16);
    v128.store(place1, c10);
    v128.store(place1, c11, 16);
    v128.store(place2, c20);
    v128.store(place2, c21, 16);
    v128.store(place3, c30);
    v128.store(place3, c31, 16);
  } else {
    storeEight(place0, bytes, c00, c01);
    storeEight(place1, bytes, c10, c11);
    storeEight(place2, bytes, c20, c21);
    storeEight(place3, bytes, c30, c31);
  }
}

/** `pmax` and `pmin` are the reference's comparisons, with its −0 and NaN. */
@inline
function clamp(x: v128, min: v128, max: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, min), max);
}

/** Stores eight channels, or the first `bytes` of them. */
function storeEight(place: usize, bytes: i32, low: v128, high: v128): void {
  storeWithin(place, 0, bytes, low);
  if (bytes > 16) storeWithin(place, 16, bytes, high);
}

/** One pixel, all channels: sixteen at a time, so that enough sums are under way. */
export function onePixel(
  table: usize,
  tableEnd: usize,
  rowBytes: i32,
  columns: i32,
  weights: usize,
  panelBytes: usize,
  bias: usize,
  norm: usize,
  min: v128,
  max: v128,
  output: usize,
): void {
  const end = columns << 2;
  for (let offset = 0; offset < end; offset += 2 * COLUMNS * 4) {
    const hasTwo = offset + COLUMNS * 4 < end;
    let w = weights;
    let next = hasTwo ? weights + panelBytes : weights;
    weights = next + panelBytes;
    let c0 = f32x4.splat(0);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    for (let entry = table; entry < tableEnd; entry += PIXELS * 4) {
      let row = <usize>load<u32>(entry);
      const rowEnd = row + rowBytes;
      do {
        const x = v128.load32_splat(row);
        c0 = f32x4.add(c0, f32x4.mul(x, v128.load(w)));
        c1 = f32x4.add(c1, f32x4.mul(x, v128.load(w, 16)));
        c2 = f32x4.add(c2, f32x4.mul(x, v128.load(next)));
        c3 = f32x4.add(c3, f32x4.mul(x, v128.load(next, 16)));
        row += 4;
        w += 32;
        next += 32;
      } while (row < rowEnd);
    }
    const own = norm === 0 ? 0 : norm + offset * NORM_PARAMETERS;
    finish(c0, c1, bias + offset, own, min, max, output + offset, end - offset);
    if (!hasTwo) break;
    const other = own === 0 ? 0 : own + COLUMNS * 4 * NORM_PARAMETERS;
    const second = offset + COLUMNS * 4;
    finish(c2, c3, bias + second, other, min, max, output + second, end - second);
  }
}

/** Eight sums of a pixel: bias, batch normalization if there is one, clamp; stores the first `bytes`. */
@inline
function finish(
  low: v128,
  high: v128,
  bias: usize,
  norm: usize,
  min: v128,
  max: v128,
  output: usize,
  bytes: i32,
): void {
  low = f32x4.add(low, v128.load(bias));
  high = f32x4.add(high, v128.load(bias, 16));
  if (norm !== 0) {
    low = normalize(low, norm);
    high = normalize(high, norm + 16);
  }
  storeEight(output, bytes, clamp(low, min, max), clamp(high, min, max));
}
