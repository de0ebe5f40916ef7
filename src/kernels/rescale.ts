import type { Rescale } from '../ops/index.js';

const LARGEST_DOUBLED = 2 ** 31;

/**
 * Whether `rescaleDoubled` (`assembly/requantize.ts`) can apply a factor to numbers up to `largest` that are shifted left by
 * `shifted` bits first: nothing wraps around.
 */
export const canRescale = ({ shift }: Rescale, largest: number, shifted = 0): boolean =>
  shift >= -30 && largest * 2 ** (shifted + 1 + Math.max(0, shift)) < LARGEST_DOUBLED;

/** The arguments of a factor: its multiplier, the bits of the left shift before it, with one for the doubling, and of the right shift. */
export const rescaleArguments = ({ multiplier, shift }: Rescale, shifted = 0): readonly number[] => [
  multiplier,
  shifted + 1 + Math.max(0, shift),
  Math.max(0, -shift),
];

/** 1 where right shifts round to nearest, 0 where they truncate. */
export const roundsArgument = ({ rounding }: { readonly rounding: 'nearest' | 'floor' }): number =>
  rounding === 'nearest' ? 1 : 0;
