import { multiplyByQuantizedMultiplier, type Numerics } from '../core/index.js';
import type { Requantization, Rescale } from '../ops/index.js';
import { LARGEST_INT16 } from './weighted.js';

/**
 * How an accumulator x of one output channel becomes an int8 in float32 arithmetic: int8(round((factor·x + offset)·scale)). The
 * integer is converted to float32, the product rounded to float32 and then to an integer, halves to even, which saturates.
 */
export interface FloatScale {
  /** What weights, and so accumulators, are multiplied by; 0 for a channel whose output never changes. */
  readonly factor: number;
  readonly offset: number;
  readonly scale: number;
}

/** What is known of the accumulators of a channel. */
export interface AccumulatorFacts {
  /** Smallest and largest value that any input gives. */
  readonly min: number;
  readonly max: number;
  /** Largest magnitude of a weight, zero point subtracted. */
  readonly largestWeight: number;
}

/** Values of the output, and for each the smallest accumulator that gives it. */
interface Steps {
  readonly values: readonly number[];
  readonly firsts: readonly number[];
}

/** Offsets with which a line through scaled accumulators is right at some steps: low ≤ offset < high. */
interface Offsets {
  readonly low: number;
  readonly high: number;
}

/**
 * Below this, a quotient of doubles by a multiplier is rounded to an integer only if it is one. Accumulators at which the output rises
 * stay below it for shifts up to `LARGEST_SHIFT`.
 */
const EXACT_QUOTIENT = 2 ** 22;
const LARGEST_SHIFT = 12;
/** Factors that are tried. */
const FACTORS = 128;
/** How far from its limits, in accumulators, a line needs no second look: more than all rounding moves it. */
const TIGHT = 0.05;
/** Numbers up to `LARGEST_ROUNDED` become integers when this is added to them in float32. */
export const ROUNDER = 1.5 * 2 ** 23;
const LARGEST_ROUNDED = 2 ** 22;

/**
 * A float32 scale with which a channel is requantized exactly as with its fixed-point multiplier, or null where none is found.
 * Both are functions of the accumulator that never fall, so they are equal if they rise at the same places: for each value of the
 * output, the smallest accumulator that gives it follows from the multiplier, and the float32 arithmetic is run on this
 * accumulator and on the one before. The factor lets thresholds lie between two accumulators, and gives a choice of scales.
 */
export function floatScale(
  { multiplier, shift }: Rescale,
  rounding: Numerics['rounding'],
  { outputZeroPoint, clamp }: Pick<Requantization, 'outputZeroPoint' | 'clamp'>,
  { min, max, largestWeight }: AccumulatorFacts,
): FloatScale | null {
  const reach = Math.max(-min, max);
  if (clamp.min !== -128 || clamp.max !== 127 || shift > 0 || reach >= 2 ** 31) return null;
  const exact = (accumulator: number): number =>
    saturated(multiplyByQuantizedMultiplier(accumulator, multiplier, shift, rounding) + outputZeroPoint);
  const lowest = exact(min);
  const highest = exact(max);
  if (lowest === highest) return { factor: 0, offset: lowest, scale: 1 };
  if (reach >= EXACT_QUOTIENT && -shift > LARGEST_SHIFT) return null;
  const steps = stepsBetween(lowest, highest, outputZeroPoint, multiplier, -shift, rounding);
  const slope = multiplier / 2 ** (31 - shift);
  const line = offsetsOf(steps, slope, 1);
  if (line.low >= line.high) return null;
  const span = reach + Math.max(Math.abs(line.low), Math.abs(line.high)) + 1;
  if (span * slope >= LARGEST_ROUNDED) return null;
  const largest = Math.floor(Math.min(LARGEST_INT16 / largestWeight, (2 ** 31 - 1) / span));
  const tight = nearLimits(steps, slope, line);
  for (let factor = largest; factor > Math.max(0, largest - FACTORS); factor--) {
    const scale = Math.fround(slope / factor);
    const { low, high } = offsetsOf(tight, scale, factor);
    const offset = Math.round((low + high) / 2);
    if (offset < low || offset >= high) continue;
    const byScale = (accumulator: number): number => {
      const product = Math.fround(Math.fround(factor * accumulator + offset) * scale);
      return saturated(Math.fround(product + ROUNDER) - ROUNDER);
    };
    const isStep = (first: number, i: number): boolean =>
      byScale(first) === steps.values[i] && byScale(first - 1) === steps.values[i]! - 1;
    if (byScale(min) === lowest && byScale(max) === highest && steps.firsts.every(isStep))
      return { factor, offset, scale };
  }
  return null;
}

const saturated = (value: number): number => Math.min(127, Math.max(-128, value));

/** The steps at which a line's limits are near: at all others it is right whatever rounding does. */
function nearLimits({ values, firsts }: Steps, slope: number, { low, high }: Offsets): Steps {
  const near: { values: number[]; firsts: number[] } = { values: [], firsts: [] };
  for (let i = 0; i < values.length; i++) {
    const offset = (values[i]! - 0.5) / slope - firsts[i]!;
    if (offset <= low - TIGHT && offset + 1 >= high + TIGHT) continue;
    near.values.push(values[i]!);
    near.firsts.push(firsts[i]!);
  }
  return near;
}

/**
 * For each value above `lowest` the smallest accumulator x with requantized(x) ≥ value. Where shifts round, requantized(x) =
 * ⌊(x·m + 2^30 + 2^(30+e)) / 2^(31+e)⌋ for x ≥ 0, since ⌊⌊a⌋ / 2^e⌋ = ⌊a / 2^e⌋, and 2^31 less in the numerator for x < 0;
 * where they do not, or e = 0, 2^30 is all that is added.
 * @param exponent e, the right shift
 */
function stepsBetween(
  lowest: number,
  highest: number,
  zeroPoint: number,
  multiplier: number,
  exponent: number,
  rounding: Numerics['rounding'],
): Steps {
  const rounds = rounding === 'nearest' && exponent > 0;
  const unit = 2 ** (31 + exponent);
  const addend = 2 ** 30 + (rounds ? unit / 2 : 0);
  const nudge = rounds ? 2 ** 31 : 0;
  const values: number[] = [];
  const firsts: number[] = [];
  for (let value = lowest + 1; value <= highest; value++) {
    const numerator = (value - zeroPoint) * unit - addend;
    const first =
      value > zeroPoint
        ? Math.ceil(numerator / multiplier)
        : Math.min(0, Math.ceil((numerator + nudge) / multiplier));
    values.push(value);
    firsts.push(first);
  }
  return { values, firsts };
}

/** Offsets b with scale·(factor·first + b) ≥ value − ½ and scale·(factor·(first − 1) + b) < value − ½ at all steps. */
function offsetsOf({ values, firsts }: Steps, scale: number, factor: number): Offsets {
  let low = -Infinity;
  let high = Infinity;
  for (let i = 0; i < values.length; i++) {
    const offset = (values[i]! - 0.5) / scale - factor * firsts[i]!;
    if (offset > low) low = offset;
    if (offset + factor < high) high = offset + factor;
  }
  return { low, high };
}
