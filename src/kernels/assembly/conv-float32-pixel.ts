import { COLUMNS } from './conv-float32-tile';
import { clamp, NORM_PARAMETERS, normalize } from './epilogue';
import { storeTwoWithin } from './store';
import { PIXELS } from './window';

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
  storeTwoWithin(output, bytes, clamp(low, min, max), clamp(high, min, max));
}
