import { logistic, powerOfTwo, roundHalfAwayFromZero } from '../../core/index.js';
import type { Requantization, Rescale, Site } from '../define.js';
import { tensorScale, zeroPointsAndClamp } from './requantize.js';

/** The table's step: entry i is at i/24, so 256 of them reach 10.67. */
const STEPS_PER_UNIT = 24;

/**
 * The logistic function in Q0.16 at i/24 (TensorFlow Lite kernels/internal/common.h, `sigmoid_table_uint16`): each entry
 * carries half the interpolation error at the middle of the step that it begins; the last one is saturated.
 */
function logisticTable(): Int32Array {
  const at = (i: number): number => 65536 * logistic(i / STEPS_PER_UNIT);
  const table = Int32Array.from({ length: 256 }, (_, i) => {
    const interpolated = (at(i) + at(i + 1)) / 2;
    return roundHalfAwayFromZero(at(i) + (at(i + 0.5) - interpolated) / 2);
  });
  table[255] = 65535;
  return table;
}

/**
 * The factor from a scale to the table's unit, 1/(24·512) (TensorFlow Lite kernels/activations.cc, `SigmoidPrepare` and
 * `TanhPrepare`): exact for the scales 2^−12·2^n with n ≤ `largestExactShift`, else 15 bits, truncated.
 */
function scaleToUnit(scale: number, largestExactShift: number): Rescale {
  const factor = scale * 4096 * 3;
  const exponent = powerOfTwo(scale);
  const leftShift = exponent === null ? -1 : 12 + exponent;
  if (leftShift >= 0 && leftShift <= largestExactShift)
    return { factor, multiplier: 3 * 2 ** leftShift, shift: 0, fractionBits: 0 };
  let multiplier = factor;
  let shift = 0;
  while (multiplier <= 32767 / 2 && shift >= -30) {
    multiplier *= 2;
    shift -= 1;
  }
  return { factor, multiplier: Math.trunc(multiplier), shift, fractionBits: 0 };
}

/** Facts of the int16 functions that look up the logistic table. */
export const tableFacts = (
  { inputs: [input], outputs: [output] }: Site<unknown>,
  largestExactShift: number,
) =>
  ({
    rescales: { input: scaleToUnit(tensorScale(input!), largestExactShift) },
    tables: { logistic: logisticTable() },
    ...zeroPointsAndClamp([input!], output!),
  }) satisfies Requantization;

/** Brings an input without its zero point to the table's unit, rounded to nearest. */
export const scaleToTable = (x: number, { multiplier, shift }: Rescale): number =>
  shift === 0 ? x * multiplier : Math.floor((x * multiplier + 2 ** (-shift - 1)) / 2 ** -shift);

/** The table at `magnitude`, in units of 2^−`fractionBits` steps, times 2^`fractionBits`; interpolates linearly. */
export function interpolate(
  table: Int32Array,
  magnitude: number,
  fractionBits: number,
  saturated: number,
): number {
  const index = magnitude >> fractionBits;
  if (index >= 255) return saturated;
  const base = table[index]!;
  const fraction = magnitude & (2 ** fractionBits - 1);
  return base * 2 ** fractionBits + fraction * (table[index + 1]! - base);
}
