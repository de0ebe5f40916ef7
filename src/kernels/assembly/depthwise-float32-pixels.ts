import { clamp, NORM_PARAMETERS, normalize } from './epilogue';
import { storeWithin } from './store';

/** Pixels of a row that are computed together, and channels. */
export const PIXELS = 4;
const COLUMNS = 4;

/** Bytes of the weights of eight channels for one tap. */
export const TAP_WEIGHTS = 32;

/** A sum and its product with the tap that a column is for its pixel, if it is one. `size` and `tap` are constants. */
@inline
function addTap(
  size: i32,
  tap: i32,
  sum: v128,
  x: v128,
  w0: v128,
  w1: v128,
  w2: v128,
  w3: v128,
  w4: v128,
): v128 {
  if (tap < 0 || tap >= size) return sum;
  const weight = tap === 0 ? w0 : tap === 1 ? w1 : tap === 2 ? w2 : tap === 3 ? w3 : w4;
  return f32x4.add(sum, f32x4.mul(x, weight));
}

/** Where a column is read: behind the edges of the image, if the pixels touch them, from zeros. */
@inline
function columnOf(touchesEdge: bool, address: usize, x: i32, width: i32, zeros: usize): usize {
  return !touchesEdge || <u32>x < <u32>width ? address : zeros;
}

/**
 * Four pixels of a row, all channels. A column of the image is read once for the pixels that see it.
 * @param size of a row of the window, 3 or 5
 * @param stride 1 or 2
 * @param touchesEdge whether some columns or pixels are outside; these three are constants
 * @param x of the first column
 * @param rows rows of the window inside the image, the first of them at `row`, its weights at `weights`
 * @param pixels how many to store
 */
@inline
export function fourPixels(
  size: i32,
  stride: i32,
  touchesEdge: bool,
  x: i32,
  width: i32,
  row: usize,
  rows: i32,
  rowStep: usize,
  pixelBytes: i32,
  weights: usize,
  panelWeights: usize,
  bias: usize,
  zeros: usize,
  norm: usize,
  min: v128,
  max: v128,
  place: usize,
  pixels: i32,
): void {
  for (let offset = 0; offset < pixelBytes; offset += COLUMNS * 4) {
    const half = offset & 16;
    const panel = <usize>(offset >> 5);
    let w = weights + panel * panelWeights + half;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let column = row + offset;
    for (let ky = 0; ky < rows; ky++, column += rowStep, w += <usize>(size * TAP_WEIGHTS)) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, TAP_WEIGHTS);
      const w2 = v128.load(w, 2 * TAP_WEIGHTS);
      const w3 = size > 3 ? v128.load(w, 3 * TAP_WEIGHTS) : w0;
      const w4 = size > 3 ? v128.load(w, 4 * TAP_WEIGHTS) : w0;
      let address = column;
      let v = v128.load(columnOf(touchesEdge, address, x, width, zeros + offset));
      a = addTap(size, 0, a, v, w0, w1, w2, w3, w4);
      b = addTap(size, 0 - stride, b, v, w0, w1, w2, w3, w4);
      c = addTap(size, 0 - 2 * stride, c, v, w0, w1, w2, w3, w4);
      d = addTap(size, 0 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      address += pixelBytes;
      v = v128.load(columnOf(touchesEdge, address, x + 1, width, zeros + offset));
      a = addTap(size, 1, a, v, w0, w1, w2, w3, w4);
      b = addTap(size, 1 - stride, b, v, w0, w1, w2, w3, w4);
      c = addTap(size, 1 - 2 * stride, c, v, w0, w1, w2, w3, w4);
      d = addTap(size, 1 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      address += pixelBytes;
      v = v128.load(columnOf(touchesEdge, address, x + 2, width, zeros + offset));
      a = addTap(size, 2, a, v, w0, w1, w2, w3, w4);
      b = addTap(size, 2 - stride, b, v, w0, w1, w2, w3, w4);
      c = addTap(size, 2 - 2 * stride, c, v, w0, w1, w2, w3, w4);
      d = addTap(size, 2 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      address += pixelBytes;
      v = v128.load(columnOf(touchesEdge, address, x + 3, width, zeros + offset));
      a = addTap(size, 3, a, v, w0, w1, w2, w3, w4);
      b = addTap(size, 3 - stride, b, v, w0, w1, w2, w3, w4);
      c = addTap(size, 3 - 2 * stride, c, v, w0, w1, w2, w3, w4);
      d = addTap(size, 3 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      address += pixelBytes;
      v = v128.load(columnOf(touchesEdge, address, x + 4, width, zeros + offset));
      a = addTap(size, 4, a, v, w0, w1, w2, w3, w4);
      b = addTap(size, 4 - stride, b, v, w0, w1, w2, w3, w4);
      c = addTap(size, 4 - 2 * stride, c, v, w0, w1, w2, w3, w4);
      d = addTap(size, 4 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      address += pixelBytes;
      v = v128.load(columnOf(touchesEdge, address, x + 5, width, zeros + offset));
      a = addTap(size, 5, a, v, w0, w1, w2, w3, w4);
      b = addTap(size, 5 - stride, b, v, w0, w1, w2, w3, w4);
      c = addTap(size, 5 - 2 * stride, c, v, w0, w1, w2, w3, w4);
      d = addTap(size, 5 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      if (size + 3 * stride > 6) {
        address += pixelBytes;
        v = v128.load(columnOf(touchesEdge, address, x + 6, width, zeros + offset));
        a = addTap(size, 6, a, v, w0, w1, w2, w3, w4);
        b = addTap(size, 6 - stride, b, v, w0, w1, w2, w3, w4);
        c = addTap(size, 6 - 2 * stride, c, v, w0, w1, w2, w3, w4);
        d = addTap(size, 6 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      }
      if (size + 3 * stride > 7) {
        address += pixelBytes;
        v = v128.load(columnOf(touchesEdge, address, x + 7, width, zeros + offset));
        a = addTap(size, 7, a, v, w0, w1, w2, w3, w4);
        b = addTap(size, 7 - stride, b, v, w0, w1, w2, w3, w4);
        c = addTap(size, 7 - 2 * stride, c, v, w0, w1, w2, w3, w4);
        d = addTap(size, 7 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      }
      if (size + 3 * stride > 8) {
        address += pixelBytes;
        v = v128.load(columnOf(touchesEdge, address, x + 8, width, zeros + offset));
        a = addTap(size, 8, a, v, w0, w1, w2, w3, w4);
        b = addTap(size, 8 - stride, b, v, w0, w1, w2, w3, w4);
        c = addTap(size, 8 - 2 * stride, c, v, w0, w1, w2, w3, w4);
        d = addTap(size, 8 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      }
      if (size + 3 * stride > 9) {
        address += pixelBytes;
        v = v128.load(columnOf(touchesEdge, address, x + 9, width, zeros + offset));
        a = addTap(size, 9, a, v, w0, w1, w2, w3, w4);
        b = addTap(size, 9 - stride, b, v, w0, w1, w2, w3, w4);
        c = addTap(size, 9 - 2 * stride, c, v, w0, w1, w2, w3, w4);
        d = addTap(size, 9 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      }
      if (size + 3 * stride > 10) {
        address += pixelBytes;
        v = v128.load(columnOf(touchesEdge, address, x + 10, width, zeros + offset));
        a = addTap(size, 10, a, v, w0, w1, w2, w3, w4);
        b = addTap(size, 10 - stride, b, v, w0, w1, w2, w3, w4);
        c = addTap(size, 10 - 2 * stride, c, v, w0, w1, w2, w3, w4);
        d = addTap(size, 10 - 3 * stride, d, v, w0, w1, w2, w3, w4);
      }
    }
    const addend = v128.load(bias + offset);
    a = f32x4.add(a, addend);
    b = f32x4.add(b, addend);
    c = f32x4.add(c, addend);
    d = f32x4.add(d, addend);
    if (norm !== 0) {
      const parameters = norm + panel * 32 * NORM_PARAMETERS + half;
      a = normalize(a, parameters);
      b = normalize(b, parameters);
      c = normalize(c, parameters);
      d = normalize(d, parameters);
    }
    let pixel = place;
    storeWithin(pixel, offset, pixelBytes, clamp(a, min, max));
    if (touchesEdge && pixels < 2) continue;
    pixel += pixelBytes;
    storeWithin(pixel, offset, pixelBytes, clamp(b, min, max));
    if (touchesEdge && pixels < 3) continue;
    pixel += pixelBytes;
    storeWithin(pixel, offset, pixelBytes, clamp(c, min, max));
    if (touchesEdge && pixels < 4) continue;
    pixel += pixelBytes;
    storeWithin(pixel, offset, pixelBytes, clamp(d, min, max));
  }
}
