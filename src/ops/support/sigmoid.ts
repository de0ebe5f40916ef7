import {
  clamp,
  integerRange,
  log,
  logistic,
  roundHalfAwayFromZero,
  scaleOf,
  zeroPointOf,
} from '../../core/index.js';
import type { Kernel } from '../define.js';

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

/**
 * The int8 kernel of a function of one real: a table of all 256 outputs, computed in float32
 * (TensorFlow Lite kernels/internal/common.h, `LUTPopulateInt8`).
 */
export const int8Function = (evaluate: (x: number) => number): Kernel<unknown> => ({
  plan: () => ({ inPlace: true, constantBytes: 256 }),
  prepare({ inputs: [input], outputs: [out] }, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0] as Int8Array;
    const inputScale = scaleOf(input!.quantization, input!.name);
    const inputZeroPoint = zeroPointOf(input!.quantization, input!.name);
    const inverseScale = Math.fround(1 / scaleOf(out!.quantization, out!.name));
    const zeroPoint = zeroPointOf(out!.quantization, out!.name);
    const { min, max } = integerRange(out!.quantization!.bits);
    const table = new Int8Array(buffers.constants.buffer, buffers.constants.byteOffset, 256);
    for (let q = -128; q <= 127; q++) {
      const real = Math.fround(inputScale * (q - inputZeroPoint));
      const value = roundHalfAwayFromZero(Math.fround(evaluate(real) * inverseScale)) + zeroPoint;
      table[q + 128] = clamp(value, min, max);
    }
    return () => {
      for (let i = 0; i < x.length; i++) output[i] = table[x[i]! + 128]!;
    };
  },
});

/** The table's step: entry i is at i/24, so 256 of them reach 10.67. */
const STEPS_PER_UNIT = 24;

/**
 * The logistic function in Q0.16 at i/24 (TensorFlow Lite kernels/internal/common.h, `sigmoid_table_uint16`): each entry
 * carries half the interpolation error at the middle of the step that it begins; the last one is saturated.
 */
export function logisticTable(): Uint16Array {
  const at = (i: number): number => 65536 * logistic(i / STEPS_PER_UNIT);
  const table = Uint16Array.from({ length: 256 }, (_, i) => {
    const interpolated = (at(i) + at(i + 1)) / 2;
    return roundHalfAwayFromZero(at(i) + (at(i + 0.5) - interpolated) / 2);
  });
  table[255] = 65535;
  return table;
}

/** The rescaling of int16 inputs to the table's unit, 1/(24·512): x·multiplier / 2^shift, rounded to nearest. */
export interface TableScaling {
  readonly multiplier: number;
  readonly shift: number;
}

/**
 * The factor from a scale to the table's unit (TensorFlow Lite kernels/activations.cc, `SigmoidPrepare` and `TanhPrepare`):
 * exact for the scales 2^−12·2^n with n ≤ `largestExactShift`, else 15 bits, truncated.
 */
export function tableScaling(scale: number, largestExactShift: number): TableScaling {
  const exponent = Math.fround(log(scale) / log(2));
  const rounded = roundHalfAwayFromZero(exponent);
  const leftShift = 12 + rounded;
  if (Math.abs(exponent - rounded) < 1e-3 && leftShift >= 0 && leftShift <= largestExactShift)
    return { multiplier: 3 * 2 ** leftShift, shift: 0 };
  let multiplier = scale * 4096 * 3;
  let shift = 0;
  while (multiplier <= 32767 / 2 && shift <= 30) {
    multiplier *= 2;
    shift += 1;
  }
  return { multiplier: Math.trunc(multiplier), shift };
}

/** Applies a scaling to an input without its zero point. */
export const scaleToTable = (x: number, { multiplier, shift }: TableScaling): number =>
  shift === 0 ? x * multiplier : Math.floor((x * multiplier + 2 ** (shift - 1)) / 2 ** shift);

/** The table at `magnitude`, in units of 2^−`fractionBits` steps, times 2^`fractionBits`; interpolates linearly. */
export function interpolate(
  table: Uint16Array,
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
