import { entropyRange, mseRange, percentileRange } from './clipping.js';
import { countBins, type Histogram, startHistogramIn } from './histogram.js';
import type { Range } from './parameters.js';

/** How the range of an activation follows from the values that it has on the calibration images. */
export type Calibrator =
  /** Smallest and largest value (thesis 4.2.1; TensorFlow Lite's converter). */
  | { readonly method: 'minmax' }
  /** Without the (100 − percentile) % of the values that are furthest out, half of them at each end. */
  | { readonly method: 'percentile'; readonly percentile: number }
  /** The ends with the least squared error of quantizing to `bits`. */
  | { readonly method: 'mse'; readonly bits: number }
  /** The ends with the least Kullback-Leibler divergence between the values and what `bits` leave of them (Migacz 2017). */
  | { readonly method: 'entropy'; readonly bits: number }
  /** Ends of each image, averaged: end ← end + averagingConstant · (end of the image − end), beginning with the first. */
  | { readonly method: 'moving_average'; readonly averagingConstant: number };

export type CalibratorName = Calibrator['method'];

/** A calibrator that looks at how the values are distributed. */
export type HistogramCalibrator = Extract<Calibrator, { readonly method: 'percentile' | 'mse' | 'entropy' }>;

/** Every calibrator with its usual parameters. */
export const CALIBRATORS: { readonly [Name in CalibratorName]: Extract<Calibrator, { method: Name }> } = {
  minmax: { method: 'minmax' },
  percentile: { method: 'percentile', percentile: 99.99 },
  mse: { method: 'mse', bits: 8 },
  entropy: { method: 'entropy', bits: 8 },
  moving_average: { method: 'moving_average', averagingConstant: 0.01 },
};

/** For a rectified activation at least 16 bins for each of 256 levels, as Migacz has (2048 for 128). */
const BINS_PER_SIDE = 8192;

/** Whether a calibrator wants the values counted. */
export const wantsHistogram = (calibrator: Calibrator): calibrator is HistogramCalibrator =>
  calibrator.method !== 'minmax' && calibrator.method !== 'moving_average';

/** Follows one activation over the calibration images. */
export interface RangeObserver {
  /** Takes the smallest and the largest value of the next image. */
  observe(image: Range): void;
  /** Takes the values of some images, counted in bins as `emptyCounts` has them, for a calibrator that wants that. In any order. */
  count(histogram: Histogram): void;
  /** The range; what was seen where that is not finite. */
  range(): Range;
}

/** Counts of a histogram as calibrators take it. */
export const emptyCounts = (): Float64Array => new Float64Array(2 * BINS_PER_SIDE);

/** Bytes of such counts. */
export const COUNT_BYTES = 2 * BINS_PER_SIDE * Float64Array.BYTES_PER_ELEMENT;

/** An observer of one activation. */
export function startObserver(calibrator: Calibrator): RangeObserver {
  const counted = wantsHistogram(calibrator) ? startHistogramIn(emptyCounts(), countBins) : undefined;
  let seen: Range = { min: Infinity, max: -Infinity };
  let average: Range | undefined;
  return {
    observe(image) {
      seen = { min: Math.min(seen.min, image.min), max: Math.max(seen.max, image.max) };
      if (calibrator.method === 'moving_average')
        average = average === undefined ? image : moved(average, image, calibrator.averagingConstant);
    },
    count: (histogram) => counted?.add(histogram),
    range() {
      if (!Number.isFinite(seen.min) || !Number.isFinite(seen.max)) return seen;
      return wantsHistogram(calibrator) ? choose(calibrator, counted!.histogram) : (average ?? seen);
    },
  };
}

function choose(calibrator: HistogramCalibrator, histogram: Histogram): Range {
  switch (calibrator.method) {
    case 'percentile':
      return percentileRange(histogram, calibrator.percentile);
    case 'mse':
      return mseRange(histogram, calibrator.bits);
    case 'entropy':
      return entropyRange(histogram, calibrator.bits);
  }
}

/** As PyTorch's `MovingAverageMinMaxObserver`. */
const moved = (average: Range, { min, max }: Range, averagingConstant: number): Range => ({
  min: average.min + averagingConstant * (min - average.min),
  max: average.max + averagingConstant * (max - average.max),
});
