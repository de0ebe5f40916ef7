import {
  allocate,
  clamp,
  elementCount,
  integerRange,
  type Quantization,
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
export function channelOf(shape: Shape, axis: number): (index: number) => number {
  const stride = stridesOf(shape)[axis]!;
  const size = shape[axis]!;
  return (index) => Math.floor(index / stride) % size;
}

/** Visits all elements in order, by runs that share their index along `axis`; all of them are one run where it is null. */
export function eachRun(
  shape: Shape,
  axis: number | null,
  visit: (channel: number, first: number, end: number) => void,
): void {
  const count = elementCount(shape);
  const [length, size] = axis === null ? [count, 1] : [stridesOf(shape)[axis]!, shape[axis]!];
  for (let first = 0, channel = 0; first < count; first += length, channel = (channel + 1) % size)
    visit(channel, first, first + length);
}

/** The range of each channel, or of all values where `axis` is null. */
function weightRanges(values: Float32Array, shape: Shape, axis: number | null): Range[] {
  if (axis === null) return [rangeOf(values)];
  const ranges = Array.from({ length: shape[axis]! }, () => ({ min: Infinity, max: -Infinity }));
  eachRun(shape, axis, (channel, first, end) => {
    let { min, max } = ranges[channel]!;
    for (let i = first; i < end; i++) {
      min = Math.min(min, values[i]!);
      max = Math.max(max, values[i]!);
    }
    ranges[channel] = { min, max };
  });
  return ranges;
}

/** Scales and zero points for weights (thesis 4.2.1), per channel or for the whole tensor. */
export function weightParameters(values: Float32Array, shape: Shape, scheme: WeightScheme): Quantization {
  const choose = scheme.symmetric ? symmetricParameters : asymmetricParameters;
  const channels = weightRanges(values, shape, scheme.axis).map((range) => choose(range, scheme.bits));
  return {
    scales: channels.map(({ scales }) => scales[0]!),
    zeroPoints: channels.map(({ zeroPoints }) => zeroPoints[0]!),
    axis: scheme.axis,
    bits: scheme.bits,
    signed: true,
  };
}

/**
 * The integer that stands for a constant. TensorFlow's converter multiplies by a float32 factor, the reciprocal of the scale,
 * where kernels that quantize activations divide; halves go away from zero.
 */
const quantizeConstantValue = (
  value: number,
  factor: number,
  zeroPoint: number,
  min: number,
  max: number,
): number => clamp(roundHalfAwayFromZero(Math.fround(value * factor)) + zeroPoint, min, max);

const reciprocal = (scale: number): number => Math.fround(1 / scale);

/** Integers of a constant in a given quantization; `narrow` leaves out the smallest integer. */
function quantizeValues(
  { name, shape, data }: Tensor,
  quantization: Quantization,
  narrow: boolean,
  factors: readonly number[] = quantization.scales.map(reciprocal),
): Tensor {
  const { zeroPoints, axis, bits } = quantization;
  const values = data as Float32Array;
  const dtype = bits > 8 ? 'int16' : 'int8';
  const integers = allocate(dtype, values.length);
  const { min, max } = integerRange(bits);
  const lowest = narrow ? min + 1 : min;
  eachRun(shape, axis, (channel, first, end) => {
    const [factor, zeroPoint] = [factors[channel]!, zeroPoints[channel]!];
    for (let i = first; i < end; i++)
      integers[i] = quantizeConstantValue(values[i]!, factor, zeroPoint, lowest, max);
  });
  return { name, shape, dtype, quantization, data: integers };
}

/** A constant that an operator reads as data, as integers. */
export const quantizeConstant = (constant: Tensor, quantization: Quantization): Tensor =>
  quantizeValues(constant, quantization, false);

/** Weights that no bias goes with, as integers. */
export const quantizeWeights = (weights: Tensor, scheme: WeightScheme): Tensor =>
  quantizeValues(
    weights,
    weightParameters(weights.data as Float32Array, weights.shape, scheme),
    scheme.symmetric,
  );

/** The largest bias in units of the accumulator: half the int32 range is left to the sum of products. */
const LARGEST_BIAS = 2 ** 30 - 1;

/**
 * The weights and the bias of a layer as integers: weights int8 up to 8 bits, int16 above; bias int32, or int64 for 64-bit
 * accumulators, with scale Δ_input·Δ_weight and zero point 0. Where a bias would be larger than 2^30 − 1, the
 * weight scale grows until it is not (TensorFlow's converter, `SetBiasParamsWithAdjustments`), also where the bias has 64 bits.
 */
export function quantizeLayer(
  weights: Tensor,
  bias: Tensor,
  scheme: WeightScheme,
  inputScale: number,
  accumulatorBits: 32 | 64,
): readonly [weights: Tensor, bias: Tensor] {
  const own = weightParameters(weights.data as Float32Array, weights.shape, scheme);
  const largest = largestBiases(bias.data as Float32Array, own.scales.length);
  const scales = own.scales.map((scale, c) => {
    const needed = largest[c]! / LARGEST_BIAS;
    return needed > Math.fround(inputScale * scale)
      ? { weight: Math.fround(needed / inputScale), bias: Math.fround(needed) }
      : { weight: scale, bias: Math.max(Math.fround(inputScale * scale), SMALLEST_SCALE) };
  });
  const quantization = { ...own, scales: scales.map(({ weight }) => weight) };
  const biasScales = scales.map((scale) => scale.bias);
  const isWide = accumulatorBits === 64 && scheme.symmetric;
  const factors = isWide ? wideFactors(weights, scheme) : [];
  return [
    quantizeValues(
      weights,
      quantization,
      scheme.symmetric,
      quantization.scales.map((scale, c) => (scale === own.scales[c] && factors[c]) || reciprocal(scale)),
    ),
    quantizeBias(bias, biasScales, accumulatorBits),
  ];
}

/**
 * What TensorFlow's 16x8 converter multiplies weights by: (2^(bits−1) − 1) / max|w|, rounded by itself
 * (lite/tools/optimize/quantization_utils.cc, `SymmetricPerChannelQuantization`).
 */
const wideFactors = ({ data, shape }: Tensor, { axis, bits }: WeightScheme): number[] =>
  weightRanges(data as Float32Array, shape, axis).map(({ min, max }) =>
    Math.fround(integerRange(bits).max / Math.max(-min, max, Number.MIN_VALUE)),
  );

/** The smallest normal float32: a product of tiny scales must not become 0. */
const SMALLEST_SCALE = 2 ** -126;

/** Largest |bias| of each channel, or of the layer where it has one weight scale. */
function largestBiases(bias: Float32Array, scaleCount: number): number[] {
  const magnitudes = Array.from(bias, Math.abs);
  return scaleCount === 1 ? [magnitudes.reduce((a, b) => Math.max(a, b), 0)] : magnitudes;
}

function quantizeBias({ name, shape, data }: Tensor, scales: readonly number[], bits: 32 | 64): Tensor {
  const limit = 2 ** (bits === 32 ? 31 : 53);
  const factors = scales.map(reciprocal);
  const integers = Array.from(data as Float32Array, (value, channel) =>
    quantizeConstantValue(value, factors[scales.length === 1 ? 0 : channel]!, 0, -limit, limit - 1),
  );
  return {
    name,
    shape,
    dtype: bits === 32 ? 'int32' : 'int64',
    quantization: {
      scales,
      zeroPoints: scales.map(() => 0),
      axis: scales.length === 1 ? null : 0,
      bits,
      signed: true,
    },
    data: bits === 32 ? Int32Array.from(integers) : BigInt64Array.from(integers, BigInt),
  };
}
