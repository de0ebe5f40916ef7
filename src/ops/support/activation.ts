import { clamp, integerRange, type Quantization, roundHalfAwayFromZero } from '../../core/index.js';
import type { Activation } from '../define.js';

/** Real bounds of each activation (TensorFlow Lite `CalculateActivationRange`). */
export const ACTIVATION_BOUNDS: Readonly<Record<Activation, readonly [number, number]>> = {
  none: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
  relu_n1_to_1: [-1, 1],
};

/** Applies an activation to a float32 value. NaN passes through. */
export function floatActivation(activation: Activation): (value: number) => number {
  if (activation === 'none') return (value) => value;
  const [min, max] = ACTIVATION_BOUNDS[activation];
  return (value) => clamp(value, min, max);
}

/** Applies an activation to a whole number. */
export function wholeActivation(activation: Activation): (value: bigint) => bigint {
  const [min, max] = ACTIVATION_BOUNDS[activation];
  return (value) => (value < min ? BigInt(min) : value > max ? BigInt(max) : value);
}

/**
 * Integer bounds of an activation in the output's quantization: the whole range of its width, narrowed by the quantized
 * bounds (TensorFlow Lite `CalculateActivationRangeQuantized`; the division is in float32).
 */
export function integerActivationRange(
  activation: Activation,
  { scales, zeroPoints, bits, signed }: Quantization,
): { readonly min: number; readonly max: number } {
  const range = integerRange(bits, signed);
  const quantize = (bound: number): number =>
    zeroPoints[0]! + roundHalfAwayFromZero(Math.fround(bound / scales[0]!));
  const [min, max] = ACTIVATION_BOUNDS[activation];
  return {
    min: min === -Infinity ? range.min : Math.max(range.min, quantize(min)),
    max: max === Infinity ? range.max : Math.min(range.max, quantize(max)),
  };
}
