import fc from 'fast-check';
import type { Numerics, Quantization, Tensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import {
  countOf,
  integers,
  type NodeCase,
  nodeCase,
  oneOf,
  randomNumbers,
  runs,
  seeds,
  tensor,
  upTo,
} from './layers.js';
import { type Layer, opOf, sizes } from './weighted-layers.js';

const WIDE: Numerics = { rounding: 'nearest', accumulatorBits: 64 };

const per = (scales: readonly number[], bits: number, axis: number | null = null): Quantization => ({
  scales: scales.map(Math.fround),
  zeroPoints: scales.map(() => 0),
  axis,
  bits,
  signed: true,
});

const bigintegers = (next: () => number, count: number, largest: number): BigInt64Array =>
  BigInt64Array.from({ length: count }, () => BigInt(Math.floor((2 * next() - 1) * largest)));

/** Products of the scales of any size from 2^−40 to 1, also in one layer; biases of up to 45 bits; weights of 2 to 8 bits. */
function wideLayer(layer: Layer, seed: number): NodeCase {
  const next = randomNumbers(seed);
  const { input, weights, axis, attributes } = sizes(layer, next);
  const channels = weights[axis]!;
  const weightBits = oneOf(next, 8, 8, 8, 4, 2);
  const largest = 2 ** (weightBits - 1) - 1;
  const bits = oneOf(next, 16, 16, 16, 9, 12, 15);
  const middle = 2 ** -upTo(next, 20);
  const spread = oneOf(next, 0, 2, 12, 24);
  const scales = Array.from({ length: channels }, () => middle * (0.5 + next()) * 2 ** -(spread * next()));
  const largestBias = 2 ** oneOf(next, 10, 20, 31, 45);
  const inputs: Tensor[] = [
    tensor('input', 'int16', input, { quantization: per([2 ** -10], bits) }),
    tensor('weights', 'int8', weights, {
      quantization: per(scales, weightBits, axis),
      data: integers(next, 'int8', countOf(weights), [-largest, largest], next() < 0.2),
    }),
    tensor('bias', 'int64', [channels], { data: bigintegers(next, channels, largestBias) }),
  ];
  return nodeCase(
    opOf(layer),
    attributes,
    next() < 0.8 ? inputs : inputs.slice(0, 2),
    { dtype: 'int16', quantization: per([2 ** -10 * oneOf(next, 1, 0.7, 1.9)], bits) },
    [integers(next, 'int16', countOf(input), [-32768, 32767], next() < 0.2)],
    { ...WIDE, rounding: oneOf(next, 'nearest', 'nearest', 'nearest', 'floor') },
  );
}

/** A layer as converters make them. */
function typicalLayer(layer: Layer, seed: number): NodeCase {
  const next = randomNumbers(seed);
  const { input, weights, axis, attributes } = sizes(layer, next);
  const channels = weights[axis]!;
  const scales = Array.from({ length: channels }, () => 2 ** -8 * (0.5 + next()));
  return nodeCase(
    opOf(layer),
    attributes,
    [
      tensor('input', 'int16', input, { quantization: per([2 ** -12], 16) }),
      tensor('weights', 'int8', weights, {
        quantization: per(scales, 8, axis),
        data: integers(next, 'int8', countOf(weights), [-127, 127], next() < 0.2),
      }),
      tensor('bias', 'int64', [channels], { data: bigintegers(next, channels, 2 ** 24) }),
    ],
    { dtype: 'int16', quantization: per([2 ** -12 * (1 + 3 * next())], 16) },
    [integers(next, 'int16', countOf(input), [-32768, 32767], next() < 0.2)],
    WIDE,
  );
}

const KERNELS: Readonly<Record<Layer, string>> = {
  conv_2d: 'conv_int16_4x8_dot16',
  'grouped conv_2d': 'conv_int16_4x8_dot16',
  depthwise_conv_2d: 'depthwise_int16_8_dot16',
  '3x3 depthwise_conv_2d': 'depthwise_int16_8_dot16',
  '5x5 depthwise_conv_2d': 'depthwise_int16_8_dot16',
  'multiplied depthwise_conv_2d': 'conv_int16_4x8_dot16',
  fully_connected: 'conv_int16_4x8_dot16',
};

for (const [layer, kernel] of Object.entries(KERNELS) as [Layer, string][]) {
  const isMultiplied = layer.startsWith('multiplied');
  test(`${layer} in int16: the reference kernel's integers`, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { graph, inputs } = typicalLayer(layer, seed);
        const name = fastEqualsReference(graph, inputs);
        assert.ok(name === kernel || isMultiplied, `served by ${name}`);
      }),
      runs(150),
    );
  });
  test(`${layer} in int16 with scales and biases of all sizes: the reference kernel's integers`, () => {
    let served = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const { graph, inputs } = wideLayer(layer, seed);
        const name = fastEqualsReference(graph, inputs);
        if (name === kernel || isMultiplied) served++;
      }),
      runs(250),
    );
    assert.ok(served > 180, `${served} of 250 served`);
  });
}

/** A dense layer of one output, for inputs that make its sum the largest and the smallest possible, and small ones. */
function denseLayer(
  weights: readonly number[],
  bias: bigint,
  weightScale: number,
  numerics = WIDE,
): NodeCase {
  const depth = weights.length;
  const rows = 6;
  return nodeCase(
    'fully_connected',
    { activation: 'none' },
    [
      tensor('input', 'int16', [rows, depth], { quantization: per([2 ** -8], 16) }),
      tensor('weights', 'int8', [1, depth], {
        quantization: per([weightScale], 8),
        data: Int8Array.from(weights),
      }),
      tensor('bias', 'int64', [1], { data: BigInt64Array.of(bias) }),
    ],
    { dtype: 'int16', quantization: per([2 ** -8], 16) },
    [
      Int16Array.from({ length: rows * depth }, (_, i) => {
        const row = Math.floor(i / depth);
        if (row < 2) return row === 0 ? -32768 : 32767;
        if (row === 2) return weights[i % depth]! < 0 ? 32767 : -32768;
        return row === 3 ? (weights[i % depth]! < 0 ? -32768 : 32767) : row - 4;
      }),
    ],
    numerics,
  );
}

const repeated = (count: number, weight: number): number[] => Array.from({ length: count }, () => weight);

test('int16 sums up to the ends of int32 are served, larger ones are left to the reference kernel', () => {
  const served = ({ graph, inputs }: NodeCase) => fastEqualsReference(graph, inputs);
  for (const weight of [127, -127]) {
    const largest = [...repeated(516, weight), 3 * Math.sign(weight)];
    assert.is(served(denseLayer(largest, 12345n, 2 ** -18)), 'conv_int16_4x8_dot16');
    assert.is(served(denseLayer([...largest, 1], 12345n, 2 ** -18)), undefined);
  }
});

test('int16 with huge biases: served while the result has 32 bits', () => {
  const served = (bias: bigint, scale: number) => {
    const { graph, inputs } = denseLayer([1, -2, 3], bias, scale);
    return fastEqualsReference(graph, inputs);
  };
  for (const sign of [1n, -1n]) {
    assert.is(served(sign * 2n ** 40n, 2 ** -18), 'conv_int16_4x8_dot16');
    assert.is(served(sign * 2n ** 46n, 2 ** -30), 'conv_int16_4x8_dot16');
    assert.is(served(sign * 2n ** 47n, 2 ** -30), undefined);
    assert.is(served(sign * 2n ** 46n, 2 ** -5), undefined);
  }
});

test('int16 halves round up, and down where the shift truncates', () => {
  for (const rounding of ['nearest', 'floor'] as const)
    for (const bias of [-3n, -2n, -1n, 0n, 1n, 2n, 3n]) {
      const { graph, inputs } = denseLayer([1], bias, 0.5, { ...WIDE, rounding });
      assert.is(fastEqualsReference(graph, inputs), 'conv_int16_4x8_dot16');
    }
});

test('int16 layers with zero points, 32-bit accumulators or outputs of 8 bits are left to the reference kernel', () => {
  const { graph, inputs } = denseLayer([1, 2, 3], 4n, 2 ** -7);
  const changed = (name: string, change: Partial<Tensor>, numerics = WIDE) => {
    const tensors = new Map(graph.tensors).set(name, { ...graph.tensors.get(name)!, ...change });
    const nodes = graph.nodes.map((node) => ({ ...node, numerics }));
    return fastEqualsReference({ ...graph, tensors, nodes }, inputs);
  };
  const shifted = { ...per([2 ** -8], 16), zeroPoints: [3] };
  assert.is(changed('input', {}), 'conv_int16_4x8_dot16');
  assert.is(changed('input', { quantization: shifted }), undefined);
  assert.is(changed('output', { quantization: shifted }), undefined);
  assert.is(changed('output', { dtype: 'int8', quantization: per([1], 8) }), undefined);
  assert.is(
    changed('bias', { dtype: 'int32', data: Int32Array.of(4) }, { ...WIDE, accumulatorBits: 32 }),
    undefined,
  );
  assert.is(changed('bias', { dtype: 'int32', data: Int32Array.of(4) }), 'conv_int16_4x8_dot16');
});
