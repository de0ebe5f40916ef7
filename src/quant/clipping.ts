import { integerRange, log, roundHalfAwayFromZero } from '../core/index.js';
import { binStart, type Histogram } from './histogram.js';
import { asymmetricParameters, type Range } from './parameters.js';

/** Clipping ranges that are tried at each end. */
const STEPS = 128;
/** What Q counts where P has only values from outside and Q would have none, as in ONNX Runtime's calibration. */
const ALMOST_NONE = 1e-4;

const within = ({ min, max }: Histogram, range: Range): Range => ({
  min: Math.max(min, range.min),
  max: Math.min(max, range.max),
});

/**
 * The range without the outermost values: at each end the fraction (100 − percentile) / 200 of them is left out, as far as whole bins
 * of the histogram allow; 100 leaves none out.
 */
export function percentileRange(histogram: Histogram, percentile: number): Range {
  const { counts } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const cut = (total * (100 - percentile)) / 200;
  let first = 0;
  for (let below = counts[0]!; below <= cut && first < counts.length - 1; below += counts[first]!) first += 1;
  let last = counts.length - 1;
  for (let above = counts[last]!; above <= cut && last > first; above += counts[last]!) last -= 1;
  return within(histogram, { min: binStart(histogram, first), max: binStart(histogram, last + 1) });
}

/** The bins that hold something: the values in their middle, and how many. */
function filledBins(histogram: Histogram): { readonly values: Float64Array; readonly counts: Float64Array } {
  const filled = [...histogram.counts.keys()].filter((bin) => histogram.counts[bin] !== 0);
  return {
    values: Float64Array.from(filled, (bin) => binStart(histogram, bin) + histogram.width / 2),
    counts: Float64Array.from(filled, (bin) => histogram.counts[bin]!),
  };
}

/**
 * The range with the least squared error Σ (x − Q(x))², clipping included, of quantizing to `bits` asymmetrically. Tried are fractions
 * of the largest value, then of the smallest with that, then of the largest once more; full range wins ties.
 */
export function mseRange(histogram: Histogram, bits: number): Range {
  const { values, counts } = filledBins(histogram);
  const integers = integerRange(bits);
  const errorOf = (range: Range): number => {
    const { scales, zeroPoints } = asymmetricParameters(range, bits);
    const [scale, zero] = [scales[0]!, zeroPoints[0]!];
    let error = 0;
    for (let i = 0; i < values.length; i++) {
      const q = roundHalfAwayFromZero(values[i]! / scale) + zero;
      const difference = values[i]! - scale * (Math.min(integers.max, Math.max(integers.min, q)) - zero);
      error += counts[i]! * difference * difference;
    }
    return error;
  };
  let best: Range = { min: histogram.min, max: histogram.max };
  let least = errorOf(best);
  const search = (end: keyof Range): void => {
    const full = histogram[end];
    if (end === 'max' ? full <= 0 : full >= 0) return;
    for (let step = STEPS - 1; step > 0; step--) {
      const range = { ...best, [end]: (full * step) / STEPS };
      const error = errorOf(range);
      if (error < least) [best, least] = [range, error];
    }
  };
  search('max');
  search('min');
  search('max');
  return best;
}

/**
 * The range ±t, cut where there are no values, with the least Kullback-Leibler divergence of the quantized distribution from the
 * real one (S. Migacz, 8-bit Inference with TensorRT, GTC 2017): P are the counts within ±t, those outside added to the outermost
 * bins; Q are the counts within, averaged over the bins that share one of 2^bits levels and hold something. The bin at zero, which is
 * quantized exactly and often full, counts as its neighbour does (as in NVIDIA's pytorch-quantization). Full range wins ties.
 */
export function entropyRange(histogram: Histogram, bits: number): Range {
  const { width, min, max } = histogram;
  const zero = histogram.counts.length / 2;
  const counts = histogram.counts.slice();
  counts[zero] = counts[zero + 1]!;
  const first = Math.floor(min / width);
  const last = Math.floor(max / width);
  const levels = 2 ** bits;
  const logs = counts.map((count) => (count === 0 ? 0 : log(count)));
  // ±t in bins: [−t, t) holds bins −t … t − 1.
  const full = Math.max(-first, last + 1);
  const stride = Math.max(1, Math.floor(full / STEPS));
  let best = full;
  let least = Infinity;
  for (let t = full; t >= 1; t -= stride) {
    const low = Math.max(first, -t);
    const high = Math.min(last, t - 1);
    if (high - low + 1 < levels) break;
    const divergence = divergenceOf(counts, logs, zero + low, zero + high, levels);
    if (divergence < least) [best, least] = [t, divergence];
  }
  return within(histogram, { min: -best * width, max: best * width });
}

/** Σ P·ln(P/Q) over the bins from `low` to `high`. */
function divergenceOf(
  counts: Float64Array,
  logs: Float64Array,
  low: number,
  high: number,
  levels: number,
): number {
  const bins = high - low + 1;
  const sumBetween = (from: number, to: number): number => {
    let sum = 0;
    for (let bin = from; bin < to; bin++) sum += counts[bin]!;
    return sum;
  };
  const inside = sumBetween(low, high + 1);
  const [below, above] = [sumBetween(0, low), sumBetween(high + 1, counts.length)];
  const total = inside + below + above;
  // Σ P·ln P − Σ P·ln Q, with P and Q still to be divided by their sums.
  let sum = 0;
  for (let level = 0, bin = low; level < levels; level++) {
    const end = low + Math.floor(((level + 1) * bins) / levels);
    let [mass, reference, filled] = [0, 0, 0];
    for (; bin < end; bin++) {
      const outside = (bin === low ? below : 0) + (bin === high ? above : 0);
      const p = counts[bin]! + outside;
      if (p === 0) continue;
      mass += counts[bin]!;
      reference += p;
      filled += 1;
      sum += p * (outside === 0 ? logs[bin]! : log(p));
    }
    if (filled > 0) sum -= reference * log(mass === 0 ? ALMOST_NONE : mass / filled);
  }
  return sum / total + log(inside / total);
}
