import { entropyRange, mseRange, percentileRange } from './clipping.js';
import { startHistogram } from './histogram.js';
import { type Range, rangeOf } from './parameters.js';

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

/** A calibrator that looks at more than the smallest and the largest value of all. */
export type OtherCalibrator = Exclude<Calibrator, { readonly method: 'minmax' }>;

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

/** Watches one activation over the calibration images. */
export interface RangeObserver {
  /** Takes the values of one image. */
  observe(values: Float32Array): void;
  /** @param seen smallest and largest of all values, which is also the answer where they are not finite */
  range(seen: Range): Range;
}

/** An observer of one activation. */
export function startObserver(calibrator: OtherCalibrator): RangeObserver {
  if (calibrator.method === 'moving_average') return movingAverage(calibrator.averagingConstant);
  const observer = startHistogram(BINS_PER_SIDE);
  const choose = (): Range => {
    const { histogram } = observer;
    switch (calibrator.method) {
      case 'percentile':
        return percentileRange(histogram, calibrator.percentile);
      case 'mse':
        return mseRange(histogram, calibrator.bits);
      case 'entropy':
        return entropyRange(histogram, calibrator.bits);
    }
  };
  return {
    observe: observer.observe,
    range: (seen) => (Number.isFinite(seen.min) && Number.isFinite(seen.max) ? choose() : seen),
  };
}

/** As PyTorch's `MovingAverageMinMaxObserver`. */
function movingAverage(averagingConstant: number): RangeObserver {
  let average: Range | undefined;
  return {
    observe(values) {
      const { min, max } = rangeOf(values);
      average =
        average === undefined
          ? { min, max }
          : {
              min: average.min + averagingConstant * (min - average.min),
              max: average.max + averagingConstant * (max - average.max),
            };
    },
    range: (seen) => (Number.isFinite(seen.min) && Number.isFinite(seen.max) ? average! : seen),
  };
}
