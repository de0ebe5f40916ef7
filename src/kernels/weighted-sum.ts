import { multiplyByQuantizedMultiplier, type Numerics } from '../core/index.js';
import type { Requantization, Rescale } from '../ops/index.js';

/**
 * How two int8 a and b become the int8 of their sum: (a·weightA + b·weightB + offset) >> bits, then clamped. What is shifted is an
 * int32; what comes before may wrap around.
 */
export interface WeightedSum {
  readonly weightA: number;
  readonly weightB: number;
  readonly offset: number;
  readonly bits: number;
}

/** All int8. */
const VALUES = Array.from({ length: 256 }, (_, i) => i - 128);

/** How far from the nearest integers weights are tried, and all of those, the nearest first. */
const REACH = 8;
const DISTANCES = Array.from({ length: 2 * REACH + 1 }, (_, i) => i - REACH);
const NEIGHBOURS = DISTANCES.flatMap((a) => DISTANCES.map((b) => [a, b] as const)).sort(
  ([a, b], [c, d]) => Math.abs(a) + Math.abs(b) - Math.abs(c) - Math.abs(d),
);

/**
 * A weighted sum that is the sum of TensorFlow Lite's three rescales for each of the 65536 pairs of int8, or null where none is
 * found. Both never fall when b rises, so they are equal if for each a they rise at the same b: this bounds the offset from both sides.
 */
export function weightedSum(
  { rescales, constants, inputZeroPoints, outputZeroPoint, clamp }: Requantization,
  rounding: Numerics['rounding'],
): WeightedSum | null {
  const { a, b, output } = rescales as Readonly<Record<'a' | 'b' | 'output', Rescale>>;
  const [zeroPointA, zeroPointB] = inputZeroPoints as [number, number];
  const leftShift = 2 ** constants!.leftShift!;
  const rescaled = (rescale: Rescale, zeroPoint: number): number[] =>
    VALUES.map((value) =>
      multiplyByQuantizedMultiplier(
        (value - zeroPoint) * leftShift,
        rescale.multiplier,
        rescale.shift,
        rounding,
      ),
    );
  const [termsA, termsB] = [rescaled(a, zeroPointA), rescaled(b, zeroPointB)];
  const [slopeA, slopeB] = [a, b].map(({ factor }) => factor * leftShift * output.factor) as [number, number];
  const smallest = outputZeroPoint - (128 + zeroPointA) * slopeA - (128 + zeroPointB) * slopeB;
  const largest = outputZeroPoint + (127 - zeroPointA) * slopeA + (127 - zeroPointB) * slopeB;
  const bits = Math.floor(Math.log2(2 ** 31 / (Math.max(-smallest, largest) + 1)));
  if (bits < 0) return null;
  const unit = 2 ** bits;
  const outputOf = (sum: number): number =>
    outputZeroPoint + multiplyByQuantizedMultiplier(sum, output.multiplier, output.shift, rounding);
  const sums = smallestSums(termsA[0]! + termsB[0]!, termsA[255]! + termsB[255]!, clamp, outputOf);
  const steps = nearLimits(termsA, termsB, sums, clamp.min, slopeA * unit, slopeB * unit, unit);
  for (const [moreA, moreB] of NEIGHBOURS) {
    const weightA = Math.round(slopeA * unit) + moreA;
    const weightB = Math.round(slopeB * unit) + moreB;
    const { low, high } = limitsOf(steps, weightA, weightB, unit);
    const offset = Math.floor((low + high) / 2);
    const isInt32 = [-128, 127].every((value) => Math.abs(value * (weightA + weightB) + offset) < 2 ** 31);
    if (offset >= low && offset < high && Math.min(weightA, weightB) >= 0 && isInt32)
      return { weightA, weightB, offset: offset | 0, bits };
  }
  return null;
}

/** For each value of the output above the smallest, the smallest sum that gives it, by bisection. */
function smallestSums(
  smallest: number,
  largest: number,
  { min, max }: Requantization['clamp'],
  outputOf: (sum: number) => number,
): number[] {
  return Array.from({ length: max - min }, (_, i) => {
    let [below, from] = [smallest - 1, largest + 1];
    while (from - below > 1) {
      const middle = below + Math.floor((from - below) / 2);
      if (outputOf(middle) > min + i) from = middle;
      else below = middle;
    }
    return from;
  });
}

/** Where the output rises: with a, it is `value` or more from b = `first` on; never, where that is 128. */
interface Step {
  readonly a: number;
  readonly first: number;
  readonly value: number;
}

/** Offsets with which a weighted sum rises at all steps: low ≤ offset < high. */
function limitsOf(steps: readonly Step[], weightA: number, weightB: number, unit: number) {
  let low = -Infinity;
  let high = Infinity;
  for (const { a, first, value } of steps) {
    const offset = value * unit - a * weightA - first * weightB;
    if (first < 128 && offset > low) low = offset;
    if (first > -128 && offset + weightB < high) high = offset + weightB;
  }
  return { low, high };
}

/** Steps that may bound the offset for weights that are `REACH` away at most: all others leave it more room. */
function nearLimits(
  termsA: readonly number[],
  termsB: readonly number[],
  sums: readonly number[],
  min: number,
  weightA: number,
  weightB: number,
  unit: number,
): Step[] {
  const moves = 2 * 2 * 128 * (REACH + 1);
  const steps: Step[] = [];
  let low = -Infinity;
  let high = Infinity;
  for (let a = -128; a < 128; a++) {
    let first = -128;
    for (let i = 0; i < sums.length && first < 128; i++) {
      const missing = sums[i]! - termsA[a + 128]!;
      while (first < 128 && termsB[first + 128]! < missing) first++;
      const value = min + 1 + i;
      const offset = value * unit - a * weightA - first * weightB;
      const isLow = first < 128 && offset >= low - moves;
      const isHigh = first > -128 && offset + weightB <= high + moves;
      if (isLow) low = Math.max(low, offset);
      if (isHigh) high = Math.min(high, offset + weightB);
      if (isLow || isHigh) steps.push({ a, first, value });
    }
  }
  return steps;
}
