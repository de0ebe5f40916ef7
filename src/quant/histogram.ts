import { type Range, rangeOf } from './parameters.js';

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
  /**
   * Values that are not finite are not counted, nor those that come with them.
   * @param range smallest and largest of the values
   */
  observe(values: Float32Array, range?: Range): void;
  /** Adds what another has counted, in as many bins. */
  add(other: Histogram): void;
  /** What was counted so far; valid until something is added. */
  readonly histogram: Histogram;
}

/** Adds 1 to the count of bin floor(value · scale) of each value. */
export type CountBins = (counts: Float64Array, values: Float32Array, scale: number) => void;

/**
 * An observer of one tensor.
 * @param side bins on each side of zero
 */
export const startHistogram = (side = 2048): HistogramObserver =>
  startHistogramIn(new Float64Array(2 * side), countBins);

/**
 * An observer that counts in the memory given.
 * @param counts zeros
 */
export function startHistogramIn(counts: Float64Array, count: CountBins): HistogramObserver {
  const side = counts.length / 2;
  let exponent = SMALLEST_EXPONENT;
  let [min, max] = [Infinity, -Infinity];
  const fits = (value: number, by: number): boolean => {
    const bin = Math.floor(value / 2 ** (exponent + by));
    return bin >= -side && bin < side;
  };
  /** Makes room for values in a range. */
  const reach = (range: Range): void => {
    min = Math.min(min, range.min);
    max = Math.max(max, range.max);
    let by = 0;
    while (!fits(range.min, by) || !fits(range.max, by)) by += 1;
    if (by > 0) mergeBins(counts, by);
    exponent += by;
  };
  return {
    observe(values, range = rangeOf(values)) {
      if (!Number.isFinite(range.min) || !Number.isFinite(range.max)) return;
      reach(range);
      count(counts, values, 2 ** -exponent);
    },
    add(other) {
      if (other.min > other.max) return;
      reach(other);
      let by = 0;
      while (other.width * 2 ** by < 2 ** exponent) by += 1;
      for (let i = 0; i < counts.length; i++)
        if (other.counts[i] !== 0) counts[merged(i, side, by)]! += other.counts[i]!;
    },
    get histogram() {
      return { width: 2 ** exponent, counts, min, max };
    },
  };
}

/** Where bin `i` goes when bins become 2^by as wide. */
const merged = (i: number, side: number, by: number): number => ((i - side) >> Math.min(by, 31)) + side;

/** Makes bins 2^by as wide where they lie: from zero outwards, since every bin moves towards it. */
function mergeBins(counts: Float64Array, by: number): void {
  const side = counts.length / 2;
  const move = (i: number): void => {
    const count = counts[i]!;
    if (count === 0) return;
    counts[i] = 0;
    counts[merged(i, side, by)]! += count;
  };
  for (let i = side; i < counts.length; i++) move(i);
  for (let i = side - 1; i >= 0; i--) move(i);
}

/** `CountBins` in plain loops. */
export function countBins(counts: Float64Array, values: Float32Array, scale: number): void {
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
