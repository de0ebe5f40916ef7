import { multiplyByQuantizedMultiplier, type Numerics } from '../core/index.js';
import type { Requantization, Rescale } from '../ops/index.js';
import { LARGEST_INT16 } from './weighted.js';

/**
 * How an accumulator x of one output channel becomes an int8 in float32 arithmetic: with s = factor·x + offset, and the nudge
 * taken from it if s < 0, int8(round(s·scale) + zero point). The integer is converted to float32, the product rounded to float32
 * and then to an integer, halves to even, which saturates.
 */
export interface FloatScale {
  /** What weights, and so accumulators, are multiplied by; 0 for a channel whose output never changes. */
  readonly factor: number;
  readonly offset: number;
  readonly scale: number;
  /** At least 0, and 0 in a layer that is not two-sided. */
  readonly nudge: number;
}

/** What is known of the accumulators of a channel. */
export interface AccumulatorFacts {
  /** Smallest and largest value that any input gives. */
  readonly min: number;
  readonly max: number;
  /** Largest magnitude of a weight, zero point subtracted. */
  readonly largestWeight: number;
}

/** Values of the output, without a zero point that is added later, and for each the smallest accumulator that gives it. */
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
/** Factors that are tried, and for each what its scale is changed by: a few units in the last place. */
const FACTORS = 128;
const SCALE_CHANGES = [0, 1, -1, 2, -2, 3, -3].map((ulps) => 1 + ulps * 2 ** -23);
/** How far from its limits, in accumulators, a line needs no second look: more than all rounding moves it. */
const TIGHT = 0.05;
/** Numbers up to `LARGEST_ROUNDED` become integers when this, and a zero point, is added to them in float32. */
export const ROUNDER = 1.5 * 2 ** 23;
const LARGEST_ROUNDED = 2 ** 22 - 128;

/**
 * Whether fixed-point rounding is seen on both sides of zero, where it differs: negative accumulators are nudged down before the
 * shift. In such a layer the zero point is added after the scale; elsewhere it is in the offset.
 */
export const isTwoSided = (rounding: Numerics['rounding'], outputZeroPoint: number): boolean =>
  rounding === 'nearest' && outputZeroPoint > -128;

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
  const twoSided = isTwoSided(rounding, outputZeroPoint);
  const zeroPoint = twoSided ? outputZeroPoint : 0;
  const exact = (accumulator: number): number =>
    saturated(multiplyByQuantizedMultiplier(accumulator, multiplier, shift, rounding) + outputZeroPoint);
  const lowest = exact(min);
  const highest = exact(max);
  if (lowest === highest) return { factor: 0, offset: lowest - zeroPoint, scale: 1, nudge: 0 };
  if (reach >= EXACT_QUOTIENT && -shift > LARGEST_SHIFT) return null;
  const stepsOf = stepsBy(multiplier, -shift, outputZeroPoint, rounding);
  const middle = twoSided ? Math.min(Math.max(zeroPoint, lowest), highest) : lowest;
  const sides = [stepsOf(lowest, middle, zeroPoint), stepsOf(middle, highest, zeroPoint)];
  const slope = multiplier / 2 ** (31 - shift);
  const lines = sides.map((side) => offsetsOf(side, slope, 1));
  if (lines.some(({ low, high }) => low >= high)) return null;
  const limits = lines.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite);
  const span = reach + Math.max(...limits.map(Math.abs)) + 1;
  if (span * slope >= LARGEST_ROUNDED) return null;
  const largest = Math.floor(Math.min(LARGEST_INT16 / largestWeight, (2 ** 31 - 1) / span));
  const [below, above] = sides.map((side, i) => nearLimits(side, slope, lines[i]!)) as [Steps, Steps];
  const lineThrough = (factor: number, scale: number): FloatScale | null => {
    const offsetAbove = middleOf(offsetsOf(above, scale, factor));
    const offsetBelow = middleOf(offsetsOf(below, scale, factor));
    if (offsetAbove === null || offsetBelow === null) return null;
    const offset = offsetAbove ?? offsetBelow!;
    const nudge = offset - (offsetBelow ?? offset);
    return nudge < 0 ? null : { factor, offset, scale, nudge };
  };
  const isExact = ({ factor, offset, scale, nudge }: FloatScale): boolean => {
    const byScale = (accumulator: number): number => {
      const sum = factor * accumulator + offset;
      const product = Math.fround(Math.fround(sum < 0 ? sum - nudge : sum) * scale);
      return saturated(Math.fround(product + (ROUNDER + zeroPoint)) - ROUNDER);
    };
    const risesAt = ({ values, firsts }: Steps): boolean =>
      firsts.every((first, i) => {
        const value = values[i]! + zeroPoint;
        return byScale(first) === value && byScale(first - 1) === value - 1;
      });
    return byScale(min) === lowest && byScale(max) === highest && sides.every(risesAt);
  };
  for (let factor = largest; factor > Math.max(0, largest - FACTORS); factor--)
    for (const change of SCALE_CHANGES) {
      const line = lineThrough(factor, Math.fround((slope / factor) * change));
      if (line !== null && isExact(line)) return line;
    }
  return null;
}

const saturated = (value: number): number => Math.min(127, Math.max(-128, value));

/** The integer in the middle of some offsets; null where there is none, undefined where all numbers are. */
function middleOf({ low, high }: Offsets): number | null | undefined {
  if (low === -Infinity) return undefined;
  const offset = Math.round((low + high) / 2);
  return offset < low || offset >= high ? null : offset;
}

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
 * @returns the steps from `lowest` to `highest`, their values without `later`
 */
function stepsBy(multiplier: number, exponent: number, zeroPoint: number, rounding: Numerics['rounding']) {
  const rounds = rounding === 'nearest' && exponent > 0;
  const unit = 2 ** (31 + exponent);
  const addend = 2 ** 30 + (rounds ? unit / 2 : 0);
  const nudge = rounds ? 2 ** 31 : 0;
  return (lowest: number, highest: number, later: number): Steps => {
    const values: number[] = [];
    const firsts: number[] = [];
    for (let value = lowest + 1; value <= highest; value++) {
      const numerator = (value - zeroPoint) * unit - addend;
      const first =
        value > zeroPoint
          ? Math.ceil(numerator / multiplier)
          : Math.min(0, Math.ceil((numerator + nudge) / multiplier));
      values.push(value - later);
      firsts.push(first);
    }
    return { values, firsts };
  };
}

/** Offsets b with scale·(factor·first + b) ≥ value − ½ and scale·(factor·(first − 1) + b) < value − ½ at all steps. */
function offsetsOf({ values, firsts }: Steps, scale: number, factor: number): Offsets {
  const inverse = 1 / scale;
  let low = -Infinity;
  let high = Infinity;
  for (let i = 0; i < values.length; i++) {
    const offset = (values[i]! - 0.5) * inverse - factor * firsts[i]!;
    if (offset > low) low = offset;
    if (offset + factor < high) high = offset + factor;
  }
  return { low, high };
}
