import { inputError } from './errors.js';
import { log, roundHalfAwayFromZero } from './math.js';

/**
 * How integers stand for real numbers: `real = scale × (q − zeroPoint)`.
 * Per tensor: one scale and `axis` null. Per channel: one scale for each index of dimension `axis`.
 */
export interface Quantization {
  /** Float32 values, > 0. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number | null;
  /** Width of the integers, 2 to 16 for activations and weights; may be less than the dtype's. */
  readonly bits: number;
  readonly signed: boolean;
}

/** Smallest and largest integer of a width: signed [−2^(bits−1), 2^(bits−1) − 1], unsigned [0, 2^bits − 1] (thesis 2.14). */
export function integerRange(bits: number, signed = true): { readonly min: number; readonly max: number } {
  return signed ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 };
}

/** A quantization with one scale and zero point for the whole tensor. */
export const perTensor = (scale: number, zeroPoint: number, bits = 8, signed = true): Quantization => ({
  scales: [Math.fround(scale)],
  zeroPoints: [zeroPoint],
  axis: null,
  bits,
  signed,
});

/** The only scale of a per-tensor quantization. @throws QpannError if there are several. */
export function scaleOf(quantization: Quantization | undefined, what: string): number {
  if (quantization === undefined || quantization.scales.length !== 1)
    throw inputError(`${what} needs one scale for the whole tensor`);
  return quantization.scales[0]!;
}

/** The only zero point of a per-tensor quantization. @throws QpannError if there are several. */
export function zeroPointOf(quantization: Quantization | undefined, what: string): number {
  if (quantization === undefined || quantization.zeroPoints.length !== 1)
    throw inputError(`${what} needs one zero point for the whole tensor`);
  return quantization.zeroPoints[0]!;
}

/** n if a scale is 2^n within 0.07 %, else null (TensorFlow Lite kernels/internal/quantization_util.cc, `CheckedLog2`). */
export function powerOfTwo(scale: number): number | null {
  const exponent = Math.fround(Math.fround(log(scale)) * Math.fround(1 / Math.fround(Math.LN2)));
  const rounded = roundHalfAwayFromZero(exponent);
  return Math.abs(exponent - rounded) < 1e-3 ? rounded : null;
}

/** Whether two quantizations map integers to the same reals. */
export const sameQuantization = (a: Quantization | undefined, b: Quantization | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.bits === b.bits &&
    a.signed === b.signed &&
    a.axis === b.axis &&
    a.scales.length === b.scales.length &&
    a.scales.every((scale, i) => scale === b.scales[i] && a.zeroPoints[i] === b.zeroPoints[i]));
