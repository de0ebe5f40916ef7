import { oneOf, upTo } from './layers.js';

/** Kinds of layers with weights. */
export type Layer =
  | 'conv_2d'
  | 'grouped conv_2d'
  | 'depthwise_conv_2d'
  | '3x3 depthwise_conv_2d'
  | '5x5 depthwise_conv_2d'
  | 'multiplied depthwise_conv_2d'
  | 'fully_connected';

/** Shapes of input and weights, the axis of the output channels in these, and attributes, of a random layer. */
export function sizes(layer: Layer, next: () => number) {
  const activation = oneOf(next, 'none', 'relu', 'relu6', 'relu_n1_to_1');
  if (layer === 'fully_connected') {
    const depth = upTo(next, 40);
    return {
      input: [upTo(next, 6), depth],
      weights: [upTo(next, 20), depth],
      axis: 0,
      attributes: { activation },
    };
  }
  const groups = layer === 'conv_2d' ? 1 : layer === 'grouped conv_2d' ? 1 + upTo(next, 3) : upTo(next, 20);
  const perGroup = layer.endsWith('depthwise_conv_2d') ? 1 : upTo(next, 18);
  const square = /^([35])x/.exec(layer)?.[1];
  const isPlain = square !== undefined || layer === 'depthwise_conv_2d';
  const multiplier = isPlain ? 1 : upTo(next, layer === 'conv_2d' ? 20 : 4);
  const channels = groups * perGroup;
  const outputs = groups * multiplier;
  const filter =
    square === undefined
      ? [oneOf(next, 1, 1, 2, 3, 3, 5), oneOf(next, 1, 1, 2, 3, 3, 5)]
      : [Number(square), Number(square)];
  const dilations = square !== undefined ? [1, 1] : oneOf(next, [1, 1], [1, 1], [2, 1], [1, 3]);
  const extents = filter.map((size, i) => (size - 1) * dilations[i]! + 1);
  const room = [8, square === '5' ? 20 : 8];
  const image = extents.map((extent, i) => extent + Math.floor(next() * room[i]!));
  return {
    input: [oneOf(next, 1, 1, 2), ...image, channels],
    weights: layer.endsWith('depthwise_conv_2d') ? [1, ...filter, outputs] : [outputs, ...filter, perGroup],
    axis: layer.endsWith('depthwise_conv_2d') ? 3 : 0,
    attributes: {
      padding: oneOf(next, 'same', 'valid'),
      strides: oneOf(next, [1, 1], [1, 1], [2, 2], [1, 2], [3, 1]),
      dilations,
      activation,
    },
  };
}

/** The operator of a layer. */
export const opOf = (layer: Layer) => layer.replace(/^(grouped|multiplied|3x3|5x5) /, '') as 'conv_2d';
