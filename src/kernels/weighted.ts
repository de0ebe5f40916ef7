import { elementCount, type Tensor, type TensorData } from '../core/index.js';
import { type Activation, type ConvolutionAttributes, convolutionGeometry, type Site } from '../ops/index.js';

/** A layer with weights as the kernels see it: groups of channels, each with windows, weights and outputs of its own. */
export interface WeightedLayer extends Omit<ReturnType<typeof convolutionGeometry>, 'outputShape'> {
  readonly groups: number;
  /** Taps of an output channel, in the order of its window: (ky, kx, channel of the group). */
  readonly taps: number;
  /** Input channels of a group. */
  readonly filterChannels: number;
  /** Position in the weights of a tap of an output channel. */
  weightAt(channel: number, tap: number): number;
}

/** Largest weight that the kernels of integers hold. */
export const LARGEST_INT16 = 32767;

/** A site whose weights, and bias if there is one, are constants. */
export const hasConstantParameters = ({ inputs }: Site<unknown>): boolean =>
  inputs.slice(1).every(({ data }) => data !== undefined);

/** Weights and bias of a site. */
export function parametersOf({ inputs }: Site<unknown>): {
  readonly weights: TensorData;
  readonly bias: TensorData | undefined;
} {
  return { weights: inputs[1]!.data!, bias: inputs[2]?.data };
}

/** conv_2d: OHWI weights. */
export function convolutionLayer({ inputs, attributes }: Site<ConvolutionAttributes>): WeightedLayer {
  const [input, { shape }] = inputs as [Tensor, Tensor];
  const [outputChannels, height, width, filterChannels] = shape as [number, number, number, number];
  const geometry = convolutionGeometry(input, [height, width], outputChannels, attributes);
  const taps = height * width * filterChannels;
  return {
    ...geometry,
    groups: geometry.inputChannels / filterChannels,
    taps,
    filterChannels,
    weightAt: (channel, tap) => channel * taps + tap,
  };
}

/** depthwise_conv_2d: 1HWC weights, a group for each input channel. */
export function depthwiseLayer({ inputs, attributes }: Site<ConvolutionAttributes>): WeightedLayer {
  const [input, { shape }] = inputs as [Tensor, Tensor];
  const [, height, width, outputChannels] = shape as [number, number, number, number];
  const geometry = convolutionGeometry(input, [height, width], outputChannels, attributes);
  return {
    ...geometry,
    groups: geometry.inputChannels,
    taps: height * width,
    filterChannels: 1,
    weightAt: (channel, tap) => tap * outputChannels + channel,
  };
}

const ONE_PIXEL = { padding: 'valid', strides: [1, 1], dilations: [1, 1] } as const;

/** fully_connected: every row is a pixel. */
export function denseLayer({ inputs, attributes }: Site<{ readonly activation: Activation }>): WeightedLayer {
  const [input, { shape }] = inputs as [Tensor, Tensor];
  const [outputs, depth] = shape as [number, number];
  const rows = elementCount(input.shape) / depth;
  const image = { ...input, shape: [1, 1, rows, depth] };
  return {
    ...convolutionGeometry(image, [1, 1], outputs, { ...ONE_PIXEL, ...attributes }),
    groups: 1,
    taps: depth,
    filterChannels: depth,
    weightAt: (channel, tap) => channel * depth + tap,
  };
}

/** Turns a site into a layer. */
export type LayerOf<A> = (site: Site<A>) => WeightedLayer;

export const hasOneOutputPerInput = ({ inputChannels, outputChannels }: WeightedLayer): boolean =>
  inputChannels === outputChannels;

/** The sizes that a convolution kernel takes, for one group of channels of `bytes` bytes each. */
export function sizesOf(layer: WeightedLayer, bytes: number): number[] {
  const [batches, height, width, channels, ...window] = depthwiseSizesOf(layer);
  return [
    batches!,
    height!,
    width!,
    channels! * bytes,
    layer.filterChannels,
    ...window,
    layer.outputChannels / layer.groups,
    layer.outputChannels * bytes,
  ];
}

/** Pixels whose windows a convolution kernel looks for together. */
const PIXELS = 4;

/** Scratch memory for what a convolution kernel gathers, and for its table of addresses (`assembly/window.ts`). */
export function gatheringBytes(
  { filterHeight, filterWidth, filterChannels }: WeightedLayer,
  bytes: number,
): number {
  const row = Math.ceil((filterWidth * filterChannels * bytes) / 16) * 16;
  return (1 + PIXELS * filterHeight) * row + 16 + PIXELS * filterHeight * 4;
}

/** The sizes that a depthwise kernel takes. */
export const depthwiseSizesOf = (layer: WeightedLayer): number[] => [
  layer.batches,
  layer.inputHeight,
  layer.inputWidth,
  layer.inputChannels,
  layer.filterHeight,
  layer.filterWidth,
  layer.strideHeight,
  layer.strideWidth,
  layer.dilationHeight,
  layer.dilationWidth,
  layer.padTop,
  layer.padLeft,
  layer.outputHeight,
  layer.outputWidth,
];
