import {
  clamp,
  quantizeMultiplier,
  requantizer,
  scaleOf,
  type TensorData,
  zeroPointOf,
} from '../../core/index.js';
import type { Activation, Site, Trace } from '../define.js';
import { integerActivationRange } from './activation.js';

/** Stores one accumulator, bias included, as an output element of an output channel. */
export type StoreAccumulator = (index: number, channel: number, accumulator: number, trace?: Trace) => void;

/** Fixed-point factors of each output channel. */
export interface ChannelMultipliers {
  readonly multipliers: Int32Array;
  readonly shifts: Int32Array;
}

/**
 * M = Δ_in·Δ_w / Δ_out of every channel in fixed point. Per channel the product is taken in float64
 * (TensorFlow Lite `PopulateConvolutionQuantizationParams`); with `productInFloat32` it is rounded to float32 first
 * (`GetQuantizedConvolutionMultipler`, which FULLY_CONNECTED uses).
 */
export function channelMultipliers(
  inputScale: number,
  weightScales: readonly number[],
  outputScale: number,
  channels: number,
  productInFloat32 = false,
): ChannelMultipliers {
  const multipliers = new Int32Array(channels);
  const shifts = new Int32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const product = inputScale * weightScales[weightScales.length === 1 ? 0 : channel]!;
    const factor = quantizeMultiplier((productInFloat32 ? Math.fround(product) : product) / outputScale);
    multipliers[channel] = factor.multiplier;
    shifts[channel] = factor.shift;
  }
  return { multipliers, shifts };
}

/**
 * The second half of every accumulating integer kernel: int32 wrap-around (or 64 bits), requantization, zero point,
 * activation clamp. Weights are input 1.
 */
export function prepareRequantization(
  site: Site<{ readonly activation: Activation }>,
  output: TensorData,
  channels: number,
  productInFloat32 = false,
): StoreAccumulator {
  const [input, weights] = site.inputs;
  const { quantization } = site.outputs[0]!;
  const { multipliers, shifts } = channelMultipliers(
    scaleOf(input!.quantization, input!.name),
    weights!.quantization!.scales,
    scaleOf(quantization, site.outputs[0]!.name),
    channels,
    productInFloat32,
  );
  const zeroPoint = zeroPointOf(quantization, site.outputs[0]!.name);
  const { min, max } = integerActivationRange(site.attributes.activation, quantization!);
  const requantize = requantizer(site.numerics);
  const wraps = site.numerics.accumulatorBits === 32;
  return (index, channel, exact, trace) => {
    const accumulator = wraps ? exact | 0 : exact;
    const value = requantize(accumulator, multipliers[channel]!, shifts[channel]!) + zeroPoint;
    output[index] = clamp(value, min, max);
    if (trace !== undefined) {
      trace.accumulators[index] = accumulator;
      trace.beforeClamp[index] = value;
    }
  };
}

/** Zero points of each output channel of the weights (all equal when they are quantized per tensor). */
export function weightZeroPoints(site: Site<unknown>, channels: number): Int32Array {
  const { zeroPoints } = site.inputs[1]!.quantization!;
  return Int32Array.from(
    { length: channels },
    (_, channel) => zeroPoints[zeroPoints.length === 1 ? 0 : channel]!,
  );
}

/** A bias as numbers: zeros when there is none. 64-bit biases are exact up to 2^53. */
export function biasValues(bias: TensorData | undefined, channels: number): Float64Array {
  return Float64Array.from({ length: channels }, (_, channel) =>
    bias === undefined ? 0 : Number(bias[channel]),
  );
}
