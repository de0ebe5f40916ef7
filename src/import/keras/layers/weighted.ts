import { type Decode, imageShape, type LayerContext, paddingOf, type Step, transposed } from '../layer.js';
import { activationSteps } from './activations.js';

/** The constant `<layer>/bias`, if the layer has one. */
function biasOf(layer: LayerContext, channels: number): readonly string[] {
  if (!layer.settings.flag('use_bias', true)) return [];
  return [layer.constant('bias', [channels], layer.weight(['bias'], [channels]))];
}

const withActivation = (layer: LayerContext, step: Step): readonly Step[] => [
  { ...step, stage: 'pre_activation' },
  ...activationSteps(layer),
];

const windowOf = (layer: LayerContext) => ({
  padding: paddingOf(layer),
  strides: layer.settings.pair('strides', 1, [1, 1]),
  dilations: layer.settings.pair('dilation_rate', 1, [1, 1]),
  activation: 'none',
});

const conv2d: Decode = (layer) => {
  const { settings } = layer;
  const [, , , channels] = imageShape(layer);
  const [height, width] = settings.pair('kernel_size', 1);
  const filters = settings.integer('filters', 1);
  const groups = settings.integer('groups', 1, 1);
  if (channels % groups !== 0 || filters % groups !== 0)
    return settings.fail(`cannot divide ${channels} channels and ${filters} filters into ${groups} groups`);
  const hwio = layer.weight(['kernel'], [height, width, channels / groups, filters]);
  const ohwi = [filters, height, width, channels / groups];
  const kernel = layer.constant('kernel', ohwi, transposed(hwio, filters));
  return withActivation(layer, {
    op: 'conv_2d',
    attributes: windowOf(layer),
    others: [kernel, ...biasOf(layer, filters)],
  });
};

const depthwiseConv2d: Decode = (layer) => {
  const { settings } = layer;
  const [, , , channels] = imageShape(layer);
  const [height, width] = settings.pair('kernel_size', 1);
  const multiplier = settings.integer('depth_multiplier', 1, 1);
  const hwcm = layer.weight(['depthwise_kernel', 'kernel'], [height, width, channels, multiplier]);
  const kernel = layer.constant('kernel', [1, height, width, channels * multiplier], hwcm);
  return withActivation(layer, {
    op: 'depthwise_conv_2d',
    attributes: windowOf(layer),
    others: [kernel, ...biasOf(layer, channels * multiplier)],
  });
};

/** A depthwise convolution without a bias, then a convolution of single pixels. */
const separableConv2d: Decode = (layer) => {
  const { settings } = layer;
  const [, , , channels] = imageShape(layer);
  const [height, width] = settings.pair('kernel_size', 1);
  const deep = channels * settings.integer('depth_multiplier', 1, 1);
  const filters = settings.integer('filters', 1);
  const hwcm = layer.weight(['depthwise_kernel'], [height, width, channels, deep / channels]);
  const io = layer.weight(['pointwise_kernel'], [1, 1, deep, filters]);
  const window = windowOf(layer);
  return [
    {
      op: 'depthwise_conv_2d',
      attributes: window,
      others: [layer.constant('depthwise_kernel', [1, height, width, deep], hwcm)],
      stage: 'depthwise',
    },
    ...withActivation(layer, {
      op: 'conv_2d',
      attributes: { ...window, strides: [1, 1], dilations: [1, 1] },
      others: [
        layer.constant('pointwise_kernel', [filters, 1, 1, deep], transposed(io, filters)),
        ...biasOf(layer, filters),
      ],
    }),
  ];
};

/** [rows, columns, depth] as [columns, rows, depth]. */
function rowsSwapped(values: Float32Array, columns: number, depth: number): Float32Array {
  const rows = values.length / (columns * depth);
  return values.map((_, i) => {
    const [column, row] = [Math.floor(i / (rows * depth)), Math.floor(i / depth) % rows];
    return values[(row * columns + column) * depth + (i % depth)]!;
  });
}

/** The output's size along one dimension, as Keras chooses it. */
function transposedSize(
  size: number,
  kernel: number,
  stride: number,
  isSame: boolean,
  added?: number,
): number {
  if (added !== undefined)
    return (size - 1) * stride + kernel - (isSame ? 2 * Math.floor(kernel / 2) : 0) + added;
  return size * stride + (isSame ? 0 : Math.max(kernel - stride, 0));
}

/** Keras keeps the kernel as HWOI. */
const conv2dTranspose: Decode = (layer) => {
  const { settings } = layer;
  const [, height, width, channels] = imageShape(layer);
  const kernel = settings.pair('kernel_size', 1);
  const { padding, strides, dilations, activation } = windowOf(layer);
  const filters = settings.integer('filters', 1);
  if (dilations.some((dilation) => dilation !== 1))
    return settings.fail(`has dilation_rate ${dilations.join('×')}; only 1 is supported`);
  const added = settings.raw('output_padding') == null ? undefined : settings.pair('output_padding', 0);
  const outputSize = [height, width].map((size, d) =>
    transposedSize(size, kernel[d]!, strides[d]!, padding === 'same', added?.[d]),
  );
  const hwoi = layer.weight(['kernel'], [...kernel, filters, channels]);
  const weights = layer.constant(
    'kernel',
    [filters, ...kernel, channels],
    rowsSwapped(hwoi, filters, channels),
  );
  return withActivation(layer, {
    op: 'transpose_conv',
    attributes: { padding, strides, outputSize, activation },
    others: [weights, ...biasOf(layer, filters)],
  });
};

const dense: Decode = (layer) => {
  const depth = layer.shapes[0]!.at(-1)!;
  const units = layer.settings.integer('units', 1);
  const values = layer.weight(['kernel'], [depth, units]);
  const kernel = layer.constant('kernel', [units, depth], transposed(values, units));
  return withActivation(layer, {
    op: 'fully_connected',
    attributes: { activation: 'none' },
    others: [kernel, ...biasOf(layer, units)],
  });
};

/** Layers with a kernel and a bias. */
export const WEIGHTED_LAYERS = {
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
} as const satisfies Record<string, Decode>;
