import {
  clamp,
  multiplyByQuantizedMultiplier,
  type Numerics,
  type QuantizedMultiplier,
  quantizeMultiplier,
  requantizer,
  roundHalfAwayFromZero,
  scaleOf,
  type Tensor,
  type TensorData,
  zeroPointOf,
} from '../../core/index.js';
import type { Activation, Requantization, Rescale, Site, Trace } from '../define.js';
import { integerActivationRange } from './activation.js';

/** A factor ≥ 0 with its fixed-point form. */
export const rescaleBy = (factor: number): Rescale => ({ factor, ...quantizeMultiplier(factor) });

/** x times a rescale, in the arithmetic of int32 accumulators. */
export const applyRescale = (
  x: number,
  { multiplier, shift }: QuantizedMultiplier,
  rounding?: Numerics['rounding'],
): number => multiplyByQuantizedMultiplier(x, multiplier, shift, rounding);

/** What every requantization has: zero points of the data inputs and of the output, and the clamp. */
export const zeroPointsAndClamp = (
  inputs: readonly Tensor[],
  { name, quantization }: Tensor,
  activation: Activation = 'none',
) => ({
  inputZeroPoints: inputs.map((input) => zeroPointOf(input.quantization, input.name)),
  outputZeroPoint: zeroPointOf(quantization, name),
  clamp: integerActivationRange(activation, quantization!),
});

/** The scale of a tensor that is quantized per tensor. */
export const tensorScale = ({ name, quantization }: Tensor): number => scaleOf(quantization, name);

/**
 * The facts of an operator with weights (input 1), one rescale per output channel, which is the last dimension of the output:
 * M = Δ_in·Δ_w / Δ_out. The product is taken in float64 (TensorFlow Lite `PopulateConvolutionQuantizationParams`); for uint8,
 * and with `productInFloat32`, it is rounded to float32 first (`GetQuantizedConvolutionMultipler`).
 */
export function weightedRequantization(
  { inputs, outputs, attributes, numerics }: Site<{ readonly activation: Activation }>,
  productInFloat32 = inputs[0]!.dtype === 'uint8',
) {
  const [input, weights] = inputs as [Tensor, Tensor];
  const [output] = outputs as [Tensor];
  const { scales, zeroPoints } = weights.quantization!;
  const round = productInFloat32 ? Math.fround : Number;
  const perChannel = <T>(values: readonly number[], of: (value: number) => T): T[] =>
    Array.from({ length: output.shape.at(-1)! }, (_, channel) =>
      of(values[values.length === 1 ? 0 : channel]!),
    );
  return {
    accumulator: numerics.accumulatorBits === 32 ? 'int32' : 'int64',
    rescales: {
      output: perChannel(scales, (scale) =>
        rescaleBy(round(tensorScale(input) * scale) / tensorScale(output)),
      ),
    },
    weightZeroPoints: perChannel(zeroPoints, Number),
    ...zeroPointsAndClamp([input], output, attributes.activation),
  } satisfies Requantization;
}

/** Stores one requantized value, zero point included, as an output element: the last step of an integer kernel. */
export type StoreValue = (index: number, accumulator: number, value: number, trace?: Trace) => void;

/** Clamps a value, stores it, and fills the trace. */
export const clampInto =
  (output: TensorData, { clamp: { min, max } }: Requantization): StoreValue =>
  (index, accumulator, value, trace) => {
    output[index] = clamp(value, min, max);
    if (trace !== undefined) {
      trace.accumulators[index] = accumulator;
      trace.beforeClamp[index] = value;
    }
  };

/** Stores one accumulator, bias included, as an output element of an output channel. */
export type StoreAccumulator = (index: number, channel: number, accumulator: number, trace?: Trace) => void;

/**
 * The second half of a kernel with weights: int32 wrap-around (or 64 bits), requantization, zero point, clamp.
 */
export function requantizeInto(
  output: TensorData,
  facts: ReturnType<typeof weightedRequantization> & Pick<Requantization, 'rescaling'>,
  numerics: Numerics,
): StoreAccumulator {
  const { rescales, rescaling, outputZeroPoint } = facts;
  const fixedPoint = requantizer(numerics);
  const requantize = (accumulator: number, { factor, multiplier, shift }: Rescale): number =>
    rescaling === 'float64'
      ? roundHalfAwayFromZero(accumulator * factor)
      : fixedPoint(accumulator, multiplier, shift);
  const wraps = facts.accumulator === 'int32';
  const store = clampInto(output, facts);
  return (index, channel, exact, trace) => {
    const accumulator = wraps ? exact | 0 : exact;
    const value = requantize(accumulator, rescales.output[channel]!) + outputZeroPoint;
    store(index, accumulator, value, trace);
  };
}

/** A bias as numbers: zeros when there is none. 64-bit biases are exact up to 2^53. */
export function biasValues(bias: TensorData | undefined, channels: number): Float64Array {
  return Float64Array.from({ length: channels }, (_, channel) =>
    bias === undefined ? 0 : Number(bias[channel]),
  );
}
