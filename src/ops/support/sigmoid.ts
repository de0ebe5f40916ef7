import {
  allocate,
  clamp,
  log,
  logistic,
  roundHalfAwayFromZero,
  type Tensor,
  viewOf,
} from '../../core/index.js';
import type { Kernel, Requantization, Rescale, Site } from '../define.js';
import { tensorScale, zeroPointsAndClamp } from './requantize.js';

/** The float32 kernel of a function of one real, rounded to float32. */
export const floatFunction = (evaluate: (x: number) => number): Kernel<unknown> => ({
  plan: () => ({ inPlace: true }),
  prepare(_site, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    return () => {
      for (let i = 0; i < x.length; i++) output[i] = evaluate(x[i]!);
    };
  },
});

/** A table of all 256 outputs, computed in float32 (TensorFlow Lite kernels/internal/common.h, `LUTPopulate`). */
function byteFacts(evaluate: (x: number) => number, { inputs: [input], outputs: [output] }: Site<unknown>) {
  const ends = zeroPointsAndClamp([input!], output!);
  const inverseScale = Math.fround(1 / tensorScale(output!));
  const outputs = allocate(output!.dtype, 256);
  const smallest = smallestByte(input!);
  for (let index = 0; index < 256; index++) {
    const real = Math.fround(tensorScale(input!) * (index + smallest - ends.inputZeroPoints[0]!));
    const steps = roundHalfAwayFromZero(Math.fround(evaluate(real) * inverseScale));
    outputs[index] = clamp(steps + ends.outputZeroPoint, ends.clamp.min, ends.clamp.max);
  }
  return { rescales: {}, tables: { outputs }, ...ends } satisfies Requantization;
}

const smallestByte = ({ dtype }: Tensor): number => (dtype === 'uint8' ? 0 : -128);

/** The int8 or uint8 kernel of a function of one real: looks up −128, −127, … 127, or 0, 1, … 255. */
export const byteFunction = (evaluate: (x: number) => number): Kernel<unknown> => ({
  plan: () => ({ inPlace: true, constantBytes: 256 }),
  requantization: (site) => byteFacts(evaluate, site),
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0] as Int8Array;
    const { buffer, byteOffset } = buffers.constants;
    const table = viewOf(site.outputs[0]!.dtype, buffer, byteOffset, 256) as Int8Array;
    table.set(byteFacts(evaluate, site).tables.outputs as Int8Array);
    const smallest = smallestByte(site.inputs[0]!);
    return () => {
      for (let i = 0; i < x.length; i++) output[i] = table[x[i]! - smallest]!;
    };
  },
});

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
  const exponent = Math.fround(log(scale) / log(2));
  const rounded = roundHalfAwayFromZero(exponent);
  const leftShift = 12 + rounded;
  if (Math.abs(exponent - rounded) < 1e-3 && leftShift >= 0 && leftShift <= largestExactShift)
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
