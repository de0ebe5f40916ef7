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
    finish(c0, c1, bias, norm, min, max, output, offset, end);
    if (!hasTwo) break;
    finish(c2, c3, bias, norm, min, max, output, offset + COLUMNS * 4, end);
  }
}

/** Eight sums of a pixel at byte `offset`: bias and batch normalization if there are any, clamp; stores what lies before `end`. */
@inline
function finish(
  low: v128,
  high: v128,
  bias: usize,
  norm: usize,
  min: v128,
  max: v128,
  output: usize,
  offset: usize,
  end: i32,
): void {
  if (bias !== 0) {
    low = f32x4.add(low, v128.load(bias + offset));
    high = f32x4.add(high, v128.load(bias + offset, 16));
  }
  if (norm !== 0) {
    low = normalize(low, norm + offset * NORM_PARAMETERS);
    high = normalize(high, norm + offset * NORM_PARAMETERS + 16);
  }
  storeTwoWithin(output + offset, end - <i32>offset, clamp(low, min, max), clamp(high, min, max));
}
