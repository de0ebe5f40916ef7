import { elementCount, inputError, type Tensor } from '../../core/index.js';
import type { Activation, Kernel, Site } from '../define.js';
import { floatActivation } from './activation.js';
import type { Border } from './positions.js';
import { biasValues, requantizeInto, weightedRequantization } from './requantize.js';
import { type Borders, type Padding, type Pair, type WindowAttributes, windowGeometry } from './window.js';

/** Attributes of convolutions, depthwise or not. */
export interface ConvolutionAttributes extends WindowAttributes<Padding | Borders> {
  readonly dilations: Pair;
  readonly activation: Activation;
}

/** Values of quantized tensors, as kernels index them. */
export type Integers = Int8Array | Uint8Array | Int16Array;

/** Receives the sum of one output element, elements in memory order. */
export type StoreSum = (index: number, channel: number, sum: number) => void;

/** The loops of a convolution, which say what is added up for each output element and in which order. */
export interface ConvolutionLoops<A, G extends { readonly outputChannels: number }> {
  geometryOf(input: Tensor, weights: Tensor, attributes: A): G;
  /** Σ x·w, every step rounded to float32. */
  accumulateFloat32(x: Float32Array, w: Float32Array, geometry: G, store: StoreSum): void;
  /** Σ (x − Z_x)·(w − Z_w), exact. */
  accumulateIntegers(
    x: Integers,
    w: Integers,
    inputZeroPoint: number,
    weightZeroPoints: readonly number[],
    geometry: G,
    store: StoreSum,
  ): void;
}

type Image = [batches: number, height: number, width: number, channels: number];

/** Sizes that every convolution has. `filter` is [height, width]. */
export function convolutionGeometry(
  input: Tensor,
  filter: Pair,
  outputChannels: number,
  { strides, dilations, ...window }: ConvolutionAttributes,
) {
  const [batches, inputHeight, inputWidth, inputChannels] = input.shape as Image;
  const place = windowGeometry(input.shape, filter, { ...window, strides }, dilations);
  const outputShape: Image = [batches, place.outputHeight, place.outputWidth, outputChannels];
  return {
    ...place,
    outputShape,
    batches,
    inputHeight,
    inputWidth,
    inputChannels,
    outputChannels,
    filterHeight: filter[0],
    filterWidth: filter[1],
    strideHeight: strides[0],
    strideWidth: strides[1],
    dilationHeight: dilations[0],
    dilationWidth: dilations[1],
  };
}

/** Float and integer kernels around the loops of a convolution: then comes the bias, then activation or requantization. */
export function convolutionKernels<
  A extends { readonly activation: Activation },
  G extends { readonly outputChannels: number },
>(loops: ConvolutionLoops<A, G>) {
  const float32: Kernel<A> = {
    prepare({ inputs: [input, weights], attributes }, buffers) {
      const [x, w, bias] = buffers.inputs as Float32Array[];
      const output = buffers.outputs[0] as Float32Array;
      const activate = floatActivation(attributes.activation);
      const geometry = loops.geometryOf(input!, weights!, attributes);
      return () =>
        loops.accumulateFloat32(x!, w!, geometry, (index, channel, sum) => {
          output[index] = activate(bias === undefined ? sum : Math.fround(sum + bias[channel]!));
        });
    },
  };
  const integer: Kernel<A> = {
    requantization: weightedRequantization,
    prepare(site, buffers) {
      const [input, weights] = site.inputs as [Tensor, Tensor];
      const [x, w] = buffers.inputs as Integers[];
      const geometry = loops.geometryOf(input, weights, site.attributes);
      const bias = biasValues(buffers.inputs[2], geometry.outputChannels);
      const facts = weightedRequantization(site);
      const inputZeroPoint = facts.inputZeroPoints[0]!;
      const store = requantizeInto(buffers.outputs[0]!, facts, site.numerics);
      return (trace) =>
        loops.accumulateIntegers(
          x!,
          w!,
          inputZeroPoint,
          facts.weightZeroPoints,
          geometry,
          (index, channel, sum) => store(index, channel, sum + bias[channel]!, trace),
        );
    },
  };
  return { float32, int8: integer, uint8: integer, int16: integer };
}

/**
 * Whether it makes no difference if padding is skipped or zeros are multiplied. No sum is −0, so that ±0 more does not change it; but
 * 0·w is NaN where a weight of float32 is not finite, so these must be known.
 */
export function isPaddingExact({ inputs: [input, weights] }: Site<unknown>): boolean {
  if (input!.dtype !== 'float32') return true;
  const data = weights!.data as Float32Array | undefined;
  if (data === undefined) return false;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

/**
 * A convolution that pads its image itself, with less than a window on each side as `same` does: then every window has a part in the
 * image.
 */
export function withBorders(
  site: Site<ConvolutionAttributes>,
  [batch, height, width, channel]: readonly Border[],
): ConvolutionAttributes | undefined {
  const { padding, dilations } = site.attributes;
  const [, filterHeight, filterWidth] = site.inputs[1]!.shape as Image;
  const isWithin = ([before, after]: Border, most: number): boolean => before <= most && after <= most;
  const isNarrow =
    isWithin(batch!, 0) &&
    isWithin(height!, (filterHeight - 1) * dilations[0]) &&
    isWithin(width!, (filterWidth - 1) * dilations[1]) &&
    isWithin(channel!, 0);
  return padding === 'valid' && isNarrow && isPaddingExact(site)
    ? { ...site.attributes, padding: [height!, width!] }
    : undefined;
}

/** Refuses a bias of another length than there are output channels. */
export function checkBias(bias: Tensor | undefined, channels: number): void {
  if (bias !== undefined && elementCount(bias.shape) !== channels)
    throw inputError(`has ${elementCount(bias.shape)} biases for ${channels} channels`);
}
