import { rangeOf } from './parameters.js';

/** Smallest exponent of a bin's width: a subnormal float32 has a bin of its own. */
const SMALLEST_EXPONENT = -149;

/**
 * Values counted in bins of equal width, as many on each side of zero: with `side` of them, bin `i` holds values from (i − side)·width
 * up to (i − side + 1)·width, which it does not hold. The width is the smallest power of two with which they hold all values, so
 * that a histogram does not depend on the order in which values come.
 */
export interface Histogram {
  readonly width: number;
  readonly counts: Float64Array;
  /** Smallest and largest value counted; Infinity and −Infinity where there is none. */
  readonly min: number;
  readonly max: number;
}

/** Counts values as they come, in memory that does not grow. */
export interface HistogramObserver {
  /** Values that are not finite are not counted. */
  observe(values: Float32Array): void;
  /** What was counted so far; valid until the next call of `observe`. */
  readonly histogram: Histogram;
}

/**
 * An observer of one tensor.
 * @param side bins on each side of zero
 */
export function startHistogram(side = 2048): HistogramObserver {
  let exponent = SMALLEST_EXPONENT;
  let counts = new Float64Array(2 * side);
  let [min, max] = [Infinity, -Infinity];
  const widen = (by: number): void => {
    const wider = new Float64Array(2 * side);
    for (let i = 0; i < counts.length; i++)
      if (counts[i] !== 0) wider[((i - side) >> Math.min(by, 31)) + side]! += counts[i]!;
    counts = wider;
    exponent += by;
  };
  const fits = (value: number, by: number): boolean => {
    const bin = Math.floor(value / 2 ** (exponent + by));
    return bin >= -side && bin < side;
  };
  return {
    observe(values) {
      const range = rangeOf(values);
      if (!Number.isFinite(range.min) || !Number.isFinite(range.max)) return;
      min = Math.min(min, range.min);
      max = Math.max(max, range.max);
      let by = 0;
      while (!fits(range.min, by) || !fits(range.max, by)) by += 1;
      if (by > 0) widen(by);
      countInto(counts, values, 2 ** -exponent);
    },
    get histogram() {
      return { width: 2 ** exponent, counts, min, max };
    },
  };
}

function countInto(counts: Float64Array, values: Float32Array, scale: number): void {
  const side = counts.length / 2;
  for (let i = 0; i < values.length; i++) counts[(side + Math.floor(values[i]! * scale)) | 0]! += 1;
}

/** The place where bin `i` begins. */
export const binStart = ({ width, counts }: Histogram, i: number): number => (i - counts.length / 2) * width;

/** A histogram of few bins, for people. */
export interface CoarseHistogram {
  /** Where the first bin begins and the last one ends. */
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** The histogram in `bins` bins, the narrowest of equal width that hold all values; those that are not needed are at the end. */
export function coarseHistogram({ width, counts, min, max }: Histogram, bins: number): CoarseHistogram {
  const result = Array.from({ length: bins }, () => 0);
  const side = counts.length / 2;
  if (min > max) return { min: 0, max: 0, counts: result };
  if (min === 0 && max === 0)
    return { min: 0, max: 1, counts: result.map((_, i) => (i === 0 ? counts[side]! : 0)) };
  const [first, last] = [Math.floor(min / width), Math.floor(max / width)];
  let merged = 1;
  while (Math.floor(last / merged) - Math.floor(first / merged) >= bins) merged += 1;
  const start = Math.floor(first / merged);
  for (let bin = first; bin <= last; bin++) result[Math.floor(bin / merged) - start]! += counts[bin + side]!;
  const coarse = merged * width;
  return { min: start * coarse, max: (start + bins) * coarse, counts: result };
}
