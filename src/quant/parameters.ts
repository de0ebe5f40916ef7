import { integerRange, perTensor, type Quantization, roundHalfAwayFromZero } from '../core/index.js';

/** Smallest and largest value of a tensor. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The range widened to hold zero, which must be representable. */
const withZero = ({ min, max }: Range): Range => ({ min: Math.min(0, min), max: Math.max(0, max) });

/**
 * Asymmetric parameters for values in a range (thesis 2.10 and 2.11): scale = (max − min) / (2^bits − 1), every step rounded to
 * float32, zero point = round(qmin − min / scale) in float64, halves away from zero. The range is widened to hold zero; one
 * that holds nothing else counts as ±10^−6. All of it is as in TensorFlow's converter.
 * @param bits 2 to 16
 */
export function asymmetricParameters(range: Range, bits: number, signed = true): Quantization {
  const { min, max } = withZero(range);
  const integers = integerRange(bits, signed);
  const steps = integers.max - integers.min;
  const scale = Math.fround(Math.fround(max - min) / steps);
  if (!(scale > 0)) return perTensor(2e-6 / steps, (integers.min + integers.max + 1) / 2, bits, signed);
  const zeroPoint = roundHalfAwayFromZero(integers.min - min / scale);
  return perTensor(scale, Math.min(integers.max, Math.max(integers.min, zeroPoint)), bits, signed);
}

/** Half the width below which TensorFlow's converter does not let a symmetric range fall. */
const SMALLEST_HALF_RANGE = 5e-7;

/**
 * Symmetric parameters: scale = r / (2^(bits−1) − 1) with r = max(|min|, |max|), at least 5·10^−7; zero point 0
 * (thesis 4.2.1). Integers stay in [−(2^(bits−1) − 1), 2^(bits−1) − 1].
 * @param bits 2 to 16
 */
export function symmetricParameters({ min, max }: Range, bits: number): Quantization {
  const halfRange = Math.max(Math.abs(min), Math.abs(max), SMALLEST_HALF_RANGE);
  return perTensor(halfRange / integerRange(bits).max, 0, bits);
}

/**
 * Parameters of an activation: asymmetric up to 8 bits; above, TensorFlow Lite's 16x8 takes symmetric ones.
 * `symmetric` asks for that at any width.
 */
export const activationParameters = (range: Range, bits: number, symmetric = bits > 8): Quantization =>
  symmetric ? symmetricParameters(withZero(range), bits) : asymmetricParameters(range, bits);

/**
 * Smallest and largest of `values`; throws nothing, NaN wins. It begins with a value and not with Infinity: V8 then keeps to
 * float32, which is several times faster.
 */
export function rangeOf(values: ArrayLike<number>): Range {
  if (values.length === 0) return { min: Infinity, max: -Infinity };
  let min = values[0]!;
  let max = min;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) return { min: NaN, max: NaN };
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
