import {
  allocate,
  clamp,
  type Quantization,
  quantizedValues,
  quantizeValue,
  roundHalfAwayFromZero,
  type Shape,
  stridesOf,
  type Tensor,
} from '../core/index.js';
import { asymmetricParameters, type Range, rangeOf, symmetricParameters } from './parameters.js';

/** How the weights of a layer are quantized. */
export interface WeightScheme {
  /** 2 to 16. */
  readonly bits: number;
  readonly symmetric: boolean;
  /** Dimension that has a scale of its own for each index, or null for one scale. */
  readonly axis: number | null;
}

/** For each element, its index along `axis`. */
function channelOf(shape: Shape, axis: number): (index: number) => number {
  const stride = stridesOf(shape)[axis]!;
  const size = shape[axis]!;
  return (index) => Math.floor(index / stride) % size;
}

function channelRanges(values: Float32Array, shape: Shape, axis: number): Range[] {
  const channel = channelOf(shape, axis);
  const ranges = Array.from({ length: shape[axis]! }, () => ({ min: Infinity, max: -Infinity }));
  values.forEach((value, index) => {
    const range = ranges[channel(index)]!;
    range.min = Math.min(range.min, value);
    range.max = Math.max(range.max, value);
  });
  return ranges;
}

/** Scales and zero points for weights (thesis 4.2.1), per channel or for the whole tensor. */
export function weightParameters(values: Float32Array, shape: Shape, scheme: WeightScheme): Quantization {
  const choose = scheme.symmetric ? symmetricParameters : asymmetricParameters;
  if (scheme.axis === null) return choose(rangeOf(values), scheme.bits);
  const channels = channelRanges(values, shape, scheme.axis).map((range) => choose(range, scheme.bits));
  return {
    scales: channels.map(({ scales }) => scales[0]!),
    zeroPoints: channels.map(({ zeroPoints }) => zeroPoints[0]!),
    axis: scheme.axis,
    bits: scheme.bits,
    signed: true,
  };
}

/** The weights as integers: int8 up to 8 bits, int16 above. Symmetric ones leave out the smallest integer. */
export function quantizeWeights(weights: Tensor, scheme: WeightScheme): Tensor {
  const values = weights.data as Float32Array;
  const quantization = weightParameters(values, weights.shape, scheme);
  const dtype = scheme.bits > 8 ? 'int16' : 'int8';
  const data = allocate(dtype, values.length);
  const channel = scheme.axis === null ? () => 0 : channelOf(weights.shape, scheme.axis);
  const max = 2 ** (scheme.bits - 1) - 1;
  const min = scheme.symmetric ? -max : -max - 1;
  values.forEach((value, index) => {
    const c = channel(index);
    data[index] = quantizeValue(value, quantization.scales[c]!, quantization.zeroPoints[c]!, min, max);
  });
  return { name: weights.name, shape: weights.shape, dtype, quantization, data };
}

/** The smallest normal float32: a product of tiny scales must not become 0. */
const SMALLEST_SCALE = 2 ** -126;

/**
 * The bias in units of the accumulator: scale Δ_input·Δ_weight, zero point 0, int32, or int64 for 64-bit accumulators.
 */
export function quantizeBias(
  bias: Tensor,
  inputScale: number,
  weightScales: readonly number[],
  accumulatorBits: 32 | 64,
): Tensor {
  const values = bias.data as Float32Array;
  const scales = weightScales.map((scale) => Math.max(Math.fround(inputScale * scale), SMALLEST_SCALE));
  const limit = 2 ** (accumulatorBits === 32 ? 31 : 53);
  const integers = Array.from(values, (value, channel) => {
    const scale = scales[scales.length === 1 ? 0 : channel]!;
    return clamp(roundHalfAwayFromZero(value / scale), -limit, limit - 1);
  });
  const data = accumulatorBits === 32 ? Int32Array.from(integers) : BigInt64Array.from(integers, BigInt);
  const axis = scales.length === 1 ? null : 0;
  return {
    name: bias.name,
    shape: bias.shape,
    dtype: accumulatorBits === 32 ? 'int32' : 'int64',
    quantization: {
      scales,
      zeroPoints: scales.map(() => 0),
      axis,
      bits: accumulatorBits,
      signed: true,
    },
    data,
  };
}

/** A constant that an operator reads as data, as integers. */
export function quantizeConstant(
  { name, shape, data }: Tensor,
  dtype: Tensor['dtype'],
  quantization: Quantization,
): Tensor {
  const target: Tensor = { name, shape, dtype, quantization };
  return { ...target, data: quantizedValues(target, data as Float32Array) };
}
