import type { Numerics } from '../core/index.js';
import type { Requantization, Rescale } from '../ops/index.js';

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

/** A value of the output and the smallest accumulator that gives it. */
interface Step {
  readonly value: number;
  readonly first: number;
}

/** Offsets with which a line through scaled accumulators is right at some steps: low ≤ offset < high. */
interface Offsets {
  readonly low: number;
  readonly high: number;
}

/** Largest right shift for which a step's accumulator is an exact quotient of doubles. */
const LARGEST_SHIFT = 11;
/** Factors that are tried. */
const FACTORS = 64;
/** How far from its limits, in accumulators, a line needs no second look: more than all rounding moves it. */
const TIGHT = 0.05;
/** Numbers up to `LARGEST_ROUNDED` become integers when this is added to them in float32. */
const ROUNDER = 1.5 * 2 ** 23;
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
  if (clamp.min !== -128 || clamp.max !== 127 || shift > 0) return null;
  const constant = (value: number): FloatScale => ({ factor: 0, offset: value, scale: 1 });
  if (-shift > LARGEST_SHIFT || multiplier === 0) {
    const isAlwaysZero = multiplier === 0 || Math.max(-min, max) < 2 ** (-shift - 2);
    return isAlwaysZero ? constant(outputZeroPoint) : null;
  }
  const steps: Step[] = [];
  let lowest = -128;
  for (let value = -127; value <= 127; value++) {
    const first = firstAccumulator(value - outputZeroPoint, multiplier, -shift, rounding);
    if (first > max) break;
    if (first <= min) lowest = value;
    else steps.push({ value, first });
  }
  if (steps.length === 0) return constant(lowest);
  const slope = multiplier / 2 ** (31 - shift);
  const line = offsetsOf(steps, slope, 1);
  if (line.low >= line.high) return null;
  const tight = steps.filter((step) => {
    const { low, high } = offsetsOf([step], slope, 1);
    return low > line.low - TIGHT || high < line.high + TIGHT;
  });
  const reach = Math.max(-min, max) + Math.max(Math.abs(line.low), Math.abs(line.high)) + 1;
  const largest = Math.floor(Math.min(32767 / largestWeight, (2 ** 31 - 1) / reach));
  if (reach * slope >= LARGEST_ROUNDED) return null;
  for (let factor = largest; factor > Math.max(0, largest - FACTORS); factor--) {
    const scale = Math.fround(slope / factor);
    const { low, high } = offsetsOf(tight, scale, factor);
    const offset = Math.round((low + high) / 2);
    if (offset < low || offset >= high) continue;
    const valueOf = (accumulator: number): number => {
      const product = Math.fround(Math.fround(factor * accumulator + offset) * scale);
      return Math.min(127, Math.max(-128, Math.fround(product + ROUNDER) - ROUNDER));
    };
    const isStep = ({ value, first }: Step): boolean =>
      valueOf(first) === value && valueOf(first - 1) === value - 1;
    if (valueOf(min) === lowest && valueOf(max) === steps.at(-1)!.value && steps.every(isStep))
      return { factor, offset, scale };
  }
  return null;
}

/**
 * The smallest accumulator x with requantized(x) ≥ value. Where shifts round, requantized(x) = ⌊(x·m + 2^30 + 2^(30+e)) / 2^(31+e)⌋
 * for x ≥ 0, since ⌊⌊a⌋ / 2^e⌋ = ⌊a / 2^e⌋, and 2^31 less in the numerator for x < 0, with e ≥ 1; else without 2^(30+e).
 * @param exponent e, the right shift
 */
function firstAccumulator(
  value: number,
  multiplier: number,
  exponent: number,
  rounding: Numerics['rounding'],
): number {
  const rounds = rounding === 'nearest' && exponent > 0;
  const numerator = value * 2 ** (31 + exponent) - 2 ** 30 - (rounds ? 2 ** (30 + exponent) : 0);
  const first = Math.ceil((numerator + (rounds ? 2 ** 31 : 0)) / multiplier);
  return first < 0 ? first : Math.max(0, Math.ceil(numerator / multiplier));
}

/** Offsets b with scale·(factor·first + b) ≥ value − ½ and scale·(factor·(first − 1) + b) < value − ½ at all steps. */
function offsetsOf(steps: readonly Step[], scale: number, factor: number): Offsets {
  let low = -Infinity;
  let high = Infinity;
  for (const { value, first } of steps) {
    const offset = (value - 0.5) / scale - factor * first;
    low = Math.max(low, offset);
    high = Math.min(high, offset + factor);
  }
  return { low, high };
}
