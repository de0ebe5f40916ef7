import type { Graph, Layer, Shape } from '../src/core/index.js';
import { graphBuilder, type OpName } from '../src/ops/index.js';

/** Numbers in [−1, 1) that depend on the seed alone. */
export function noise(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  };
}

/** `length` float32 numbers in [−amplitude, amplitude). */
export function noisyValues(seed: number, length: number, amplitude = 1): Float32Array {
  const next = noise(seed);
  return Float32Array.from({ length }, () => next() * amplitude);
}

/** A network with its layers, as an importer gives them. */
export interface Network {
  readonly graph: Graph;
  readonly layers: readonly Layer[];
}

/** Builds small networks of layers with random weights; layer and output tensor have the same name. */
export function networkBuilder(seed: number, inputShape: Shape = [1, 6, 6, 3]) {
  const builder = graphBuilder(`net ${seed}`);
  const layers: Layer[] = [];
  const next = noise(seed);
  const constant = (name: string, shape: Shape, at: () => number): string => {
    const length = shape.reduce((product, size) => product * size, 1);
    return builder.constant(name, shape, Float32Array.from({ length }, at));
  };
  const layer = (
    className: string,
    name: string,
    op: OpName,
    attributes: object,
    inputs: readonly string[],
  ): string => {
    const source = { index: layers.length, name, className };
    layers.push({ ...source, tensor: name, parameters: 0 });
    return builder.apply(op, attributes, inputs, name, source);
  };
  const weighted = (shape: Shape, channels: number, name: string, bias: boolean): string[] => [
    constant(`${name}/kernel`, shape, next),
    ...(bias ? [constant(`${name}/bias`, [channels], next)] : []),
  ];
  const window = { padding: 'same', strides: [1, 1] } as const;
  builder.input('image', inputShape);
  layers.push({ index: 0, name: 'image', className: 'InputLayer', tensor: 'image', parameters: 0 });

  return {
    builder,
    layer,
    constant,
    conv(input: string, name: string, channels: number, { size = 3, bias = true } = {}): string {
      const shape = [channels, size, size, builder.shapeOf(input)[3]!];
      const attributes = { ...window, dilations: [1, 1], activation: 'none' };
      return layer('Conv2D', name, 'conv_2d', attributes, [input, ...weighted(shape, channels, name, bias)]);
    },
    depthwise(input: string, name: string, { bias = true } = {}): string {
      const channels = builder.shapeOf(input)[3]!;
      const attributes = { ...window, dilations: [1, 1], activation: 'none' };
      const inputs = [input, ...weighted([1, 3, 3, channels], channels, name, bias)];
      return layer('DepthwiseConv2D', name, 'depthwise_conv_2d', attributes, inputs);
    },
    dense(input: string, name: string, units: number, { bias = true } = {}): string {
      const shape = [units, builder.shapeOf(input).at(-1)!];
      return layer('Dense', name, 'fully_connected', { activation: 'none' }, [
        input,
        ...weighted(shape, units, name, bias),
      ]);
    },
    norm(input: string, name: string): string {
      const shape = [builder.shapeOf(input).at(-1)!];
      const inputs = [
        input,
        constant(`${name}/gamma`, shape, () => 1 + next() / 2),
        constant(`${name}/beta`, shape, next),
        constant(`${name}/mean`, shape, next),
        constant(`${name}/variance`, shape, () => 1.5 + next()),
      ];
      return layer('BatchNormalization', name, 'batch_norm', { epsilon: 0.001 }, inputs);
    },
    relu: (input: string, name: string, max: number | null = 6, negativeSlope = 0): string =>
      layer('ReLU', name, 'relu', { max, negativeSlope, threshold: 0 }, [input]),
    add: (a: string, b: string, name: string): string =>
      layer('Add', name, 'add', { activation: 'none' }, [a, b]),
    maximum: (a: string, b: string, name: string): string => layer('Maximum', name, 'maximum', {}, [a, b]),
    multiply: (a: string, b: string, name: string): string =>
      layer('Multiply', name, 'mul', { activation: 'none' }, [a, b]),
    concat: (inputs: readonly string[], name: string): string =>
      layer('Concatenate', name, 'concatenation', { axis: -1 }, inputs),
    maxPool: (input: string, name: string): string =>
      layer('MaxPooling2D', name, 'max_pool_2d', { ...POOL, activation: 'none' }, [input]),
    averagePool: (input: string, name: string): string =>
      layer('AveragePooling2D', name, 'average_pool_2d', { ...POOL, activation: 'none' }, [input]),
    pad: (input: string, name: string): string =>
      layer(
        'ZeroPadding2D',
        name,
        'pad',
        {
          paddings: [
            [0, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
        },
        [input],
      ),
    mean: (input: string, name: string, keepDims = false): string =>
      layer('GlobalAveragePooling2D', name, 'mean', { axes: [1, 2], keepDims }, [input]),
    sigmoid: (input: string, name: string): string => layer('Activation', name, 'logistic', {}, [input]),
    softmax: (input: string, name: string): string => layer('Softmax', name, 'softmax', { beta: 1 }, [input]),
    finish: (...outputs: string[]): Network => ({ graph: builder.build(outputs), layers }),
  };
}

const POOL = { padding: 'valid', strides: [2, 2], filter: [2, 2] } as const;
