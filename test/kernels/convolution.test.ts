import fc from 'fast-check';
import type { Graph, Numerics, Quantization, Tensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import {
  countOf,
  floats,
  integers,
  inUint8,
  type NodeCase,
  nodeCase,
  oneOf,
  quantization,
  randomNumbers,
  runs,
  seeds,
  tensor,
  upTo,
} from './layers.js';
import { type Layer, opOf, sizes } from './weighted-layers.js';

function floatLayer(layer: Layer, seed: number): NodeCase {
  const next = randomNumbers(seed);
  const { input, weights, axis, attributes } = sizes(layer, next);
  const inputs = [
    tensor('input', 'float32', input),
    tensor('weights', 'float32', weights, { data: floats(next, countOf(weights)) }),
  ];
  if (next() < 0.7)
    inputs.push(tensor('bias', 'float32', [weights[axis]!], { data: floats(next, weights[axis]!) }));
  return nodeCase(opOf(layer), attributes, inputs, { dtype: 'float32' }, [
    floats(next, countOf(input), next() < 0.3),
  ]);
}

/** Weights per channel or per tensor, with zero points or without, in fewer bits than 8 at times; biases of any size. */
function integerLayer(layer: Layer, seed: number): NodeCase {
  const next = randomNumbers(seed);
  const { input, weights, axis, attributes } = sizes(layer, next);
  const channels = weights[axis]!;
  const isPerChannel = next() < 0.6;
  const isSymmetric = next() < 0.6;
  const bits = oneOf(next, 8, 8, 4, 6, 12, 16);
  const dtype = bits > 8 ? 'int16' : 'int8';
  const range = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] as const;
  const parameters = Array.from({ length: isPerChannel ? channels : 1 }, () => quantization(next, range));
  const spread = oneOf(next, 1, 1, 2 ** -6, 2 ** 6);
  const weightQuantization: Quantization = {
    scales: parameters.map(({ scales: [scale] }, i) => Math.fround(scale! * (i % 3 === 0 ? spread : 1))),
    zeroPoints: parameters.map(({ zeroPoints: [zeroPoint] }) => (isSymmetric ? 0 : zeroPoint!)),
    axis: isPerChannel ? axis : null,
    bits,
    signed: true,
  };
  const largestBias = oneOf(next, 2 ** 10, 2 ** 20, 2 ** 31 - 1);
  const inputs: Tensor[] = [
    tensor('input', 'int8', input, { quantization: quantization(next) }),
    tensor('weights', dtype, weights, {
      quantization: weightQuantization,
      data: integers(next, dtype, countOf(weights), range, next() < 0.2),
    }),
  ];
  if (next() < 0.8)
    inputs.push(
      tensor('bias', 'int32', [channels], {
        data: integers(next, 'int32', channels, [-largestBias, largestBias]),
      }),
    );
  const output = quantization(next);
  const factor = oneOf(next, 1, 2 ** 4, 2 ** 8, 2 ** -4, 2 ** -10);
  const numerics: Numerics = { rounding: oneOf(next, 'nearest', 'nearest', 'floor'), accumulatorBits: 32 };
  return nodeCase(
    opOf(layer),
    attributes,
    inputs,
    { dtype: 'int8', quantization: { ...output, scales: [Math.fround(output.scales[0]! * factor)] } },
    [integers(next, 'int8', countOf(input), [-128, 127], next() < 0.2)],
    numerics,
  );
}

/** A layer as converters make them: symmetric weights of each channel, outputs that use their range, mostly behind a ReLU. */
function typicalLayer(layer: Layer, seed: number): NodeCase {
  const next = randomNumbers(seed);
  const { input, weights, axis, attributes } = sizes(layer, next);
  const channels = weights[axis]!;
  const taps = countOf(weights) / channels;
  const scaleOf = (size: number) => Math.fround(size * (0.5 + next()));
  const scales = Array.from({ length: channels }, () => scaleOf(2 ** -7));
  const activation = oneOf(next, 'none', 'relu', 'relu', 'relu6');
  const zeroPoint = activation === 'none' ? upTo(next, 20) - 10 : -128;
  const outputScale = activation === 'relu6' ? Math.fround(6 / 255) : scaleOf(Math.sqrt(taps) * 2 ** -5);
  const per = (values: readonly number[], zero: number, along: number | null = null): Quantization => ({
    scales: values,
    zeroPoints: values.map(() => zero),
    axis: along,
    bits: 8,
    signed: true,
  });
  const inputs = [
    tensor('input', 'int8', input, { quantization: per([scaleOf(2 ** -6)], oneOf(next, -128, -128, 3)) }),
    tensor('weights', 'int8', weights, {
      quantization: per(scales, 0, axis),
      data: integers(next, 'int8', countOf(weights), [-127, 127], next() < 0.2),
    }),
    tensor('bias', 'int32', [channels], { data: integers(next, 'int32', channels, [-20000, 20000]) }),
  ];
  const output: Omit<Tensor, 'name' | 'shape'> = {
    dtype: 'int8',
    quantization: per([outputScale], zeroPoint),
  };
  const values = [integers(next, 'int8', countOf(input), [-128, 127], next() < 0.2)];
  return nodeCase(opOf(layer), { ...attributes, activation }, inputs, output, values);
}

/** Weights of 16 bits may be too wide for the kernels. */
const hasWideWeights = ({ tensors }: Graph): boolean => tensors.get('weights')!.quantization!.bits === 16;

/** The kernels that serve a layer, each of them at least once. */
const KERNELS: Readonly<Record<Layer, readonly [float: readonly string[], integer: readonly string[]]>> = {
  conv_2d: [['conv_float32_4x8'], ['conv_int8_4x8_dot16']],
  'grouped conv_2d': [['conv_float32_4x8'], ['conv_int8_4x8_dot16']],
  depthwise_conv_2d: [
    ['depthwise_float32_4x4', 'depthwise_float32_8'],
    ['depthwise_3x3_int8_8_dot16', 'depthwise_int8_8_dot16'],
  ],
  '3x3 depthwise_conv_2d': [['depthwise_float32_4x4'], ['depthwise_3x3_int8_8_dot16']],
  '5x5 depthwise_conv_2d': [
    ['depthwise_float32_4x4'],
    ['depthwise_5x5_int8_8_dot16', 'depthwise_int8_8_dot16'],
  ],
  'multiplied depthwise_conv_2d': [
    ['conv_float32_4x8', 'depthwise_float32_4x4', 'depthwise_float32_8'],
    ['conv_int8_4x8_dot16', 'depthwise_3x3_int8_8_dot16', 'depthwise_int8_8_dot16'],
  ],
  fully_connected: [['conv_float32_4x8'], ['conv_int8_4x8_dot16', 'dense_int8_8_dot16']],
};

for (const [layer, [float, integer]] of Object.entries(KERNELS) as [Layer, (typeof KERNELS)[Layer]][]) {
  test(`${layer} in float32: the reference kernel's bits`, () => {
    const served = new Set<string | undefined>();
    fc.assert(
      fc.property(seeds, (seed) => {
        const { graph, inputs } = floatLayer(layer, seed);
        served.add(fastEqualsReference(graph, inputs));
      }),
      runs(150),
    );
    assert.equal([...served].sort(), float);
  });
  test(`${layer} in int8 and uint8: the reference kernel's integers`, () => {
    const served = new Set<string | undefined>();
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const make of [integerLayer, typicalLayer]) {
          const int8 = make(layer, seed);
          for (const { graph, inputs } of [int8, inUint8(int8)]) {
            const name = fastEqualsReference(graph, inputs);
            if (name !== undefined || !hasWideWeights(graph)) served.add(name);
          }
        }
      }),
      runs(250),
    );
    assert.equal([...served].sort(), integer);
  });
}

/** The kernel that serves a float32 depthwise layer of 3×3, its bits compared with the reference kernel's. */
function depthwiseKernel(shape: readonly number[], strides: readonly number[]): string | undefined {
  const next = randomNumbers(1);
  const channels = shape.at(-1)!;
  const weights = tensor('weights', 'float32', [1, 3, 3, channels], { data: floats(next, 9 * channels) });
  const attributes = { padding: 'same', strides, dilations: [1, 1], activation: 'none' };
  const { graph, inputs } = nodeCase(
    'depthwise_conv_2d',
    attributes,
    [tensor('input', 'float32', shape), weights],
    { dtype: 'float32' },
    [floats(next, countOf(shape))],
  );
  return fastEqualsReference(graph, inputs);
}

test('a float depthwise layer whose pixels are 4096 bytes apart stays with the kernel that reads fewer at once', () => {
  assert.is(depthwiseKernel([1, 4, 5, 1024], [1, 1]), 'depthwise_float32_8');
});

test('float depthwise layers of images so large that their rows are touched first', () => {
  for (const stride of [1, 2, 3])
    assert.is(depthwiseKernel([2, 61, 59, 37], [stride, Math.min(stride, 2)]), 'depthwise_float32_4x4');
});
