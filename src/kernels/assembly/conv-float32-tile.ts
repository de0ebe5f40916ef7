import { clamp, NORM_PARAMETERS, normalize } from './epilogue';
import { storeTwoWithin } from './store';
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
 * @param places addresses of the four pixels in the output
 * @param offset of the panel's channels in a pixel
 * @param bias, norm of the first panel, 0 for none
 * @param bytes that may be written of each pixel's channels
 * @returns address of the next panel's weights
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
): usize {
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
  if (bias !== 0) {
    const b0 = v128.load(bias + offset);
    const b1 = v128.load(bias + offset, 16);
    c00 = f32x4.add(c00, b0);
    c10 = f32x4.add(c10, b0);
    c20 = f32x4.add(c20, b0);
    c30 = f32x4.add(c30, b0);
    c01 = f32x4.add(c01, b1);
    c11 = f32x4.add(c11, b1);
    c21 = f32x4.add(c21, b1);
    c31 = f32x4.add(c31, b1);
  }
  if (norm !== 0) {
    const low = norm + offset * NORM_PARAMETERS;
    const high = low + 16;
    c00 = normalize(c00, low);
    c10 = normalize(c10, low);
    c20 = normalize(c20, low);
    c30 = normalize(c30, low);
    c01 = normalize(c01, high);
    c11 = normalize(c11, high);
    c21 = normalize(c21, high);
    c31 = normalize(c31, high);
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
    storeTwoWithin(place0, bytes, c00, c01);
    storeTwoWithin(place1, bytes, c10, c11);
    storeTwoWithin(place2, bytes, c20, c21);
    storeTwoWithin(place3, bytes, c30, c31);
  }
  return weights;
}
