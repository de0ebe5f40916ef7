import fc from 'fast-check';
import { addCosts, costOf, type Machine, roofline } from '../../src/cost/index.js';
import { planGraph } from '../../src/engine/index.js';
import { type RecreationEntry, recreate, withBorders } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';
import { NETS } from '../quant/nets.js';
import { basisOf } from '../quant/run.js';

/** A 6×6×3 image, a 3×3 convolution to 4 channels and a dense layer of 5. */
function small() {
  const net = networkBuilder(1);
  net.dense(net.mean(net.conv('image', 'conv', 4), 'mean'), 'dense', 5);
  return net.finish('dense');
}
const network = small();
const basis = basisOf(network);
const recreated = (...entries: RecreationEntry[]) => recreate(basis, entries).graph;
const layerOf = (graph: Parameters<typeof costOf>[0], layer: string, machine?: Machine) =>
  costOf(graph, machine).layers.find((row) => row.layer === layer)!;

const MACHINE: Machine = {
  name: 'two rates',
  clock_hz: 1e6,
  macs: [
    { weight_bits: 8, activation_bits: 8, macs_per_cycle: 16 },
    { weight_bits: 4, activation_bits: 8, macs_per_cycle: 32 },
    { weight_bits: 32, activation_bits: 32, macs_per_cycle: 1 },
  ],
  bandwidth: { weights: 2, activations: 4 },
  assumptions: [],
};

test('a float convolution: MACs, 32 × 32 bit-operations each, 4 bytes for each value', () => {
  assert.equal(layerOf(network.graph, 'conv'), {
    index: 1,
    layer: 'conv',
    tensor: 'conv',
    macs: 6 * 6 * 4 * 27,
    bit_operations: 6 * 6 * 4 * 27 * 32 * 32,
    weight_bytes: 4 * 27 * 4,
    bias_bytes: 4 * 4,
    requantization_bytes: 0,
    activation_bytes: (6 * 6 * 3 + 6 * 6 * 4) * 4,
    bytes_moved: 4 * 27 * 4 + 4 * 4 + (6 * 6 * 3 + 6 * 6 * 4) * 4,
  });
});

test('an integer convolution: a byte for each value, a multiplier and a shift for each channel', () => {
  const { graph } = basis.lowered;
  const row = layerOf(graph, 'conv');
  assert.is(row.bit_operations, row.macs * 64);
  assert.equal([row.weight_bytes, row.bias_bytes, row.requantization_bytes], [108, 16, 4 * 5]);
  assert.is(row.activation_bytes, 6 * 6 * 3 + 6 * 6 * 4);
  assert.is(layerOf(graph, 'dense').requantization_bytes, 5);
});

test('weights of 5 bits are packed, one scale for all channels is one multiplier, zero points take room', () => {
  const entry = { name: 'conv2d', all: true, weight_bits: 5 };
  const perTensor = layerOf(recreated({ ...entry, per_channel_quantization: false }), 'conv');
  assert.is(perTensor.weight_bytes, Math.ceil((108 * 5) / 8));
  assert.is(perTensor.bit_operations, perTensor.macs * 5 * 8);
  assert.is(perTensor.requantization_bytes, 5);
  const asymmetric = layerOf(recreated({ ...entry, symmetric_weights: false }), 'conv');
  assert.is(asymmetric.requantization_bytes, Math.ceil((4 * 40 + 4 * 5) / 8));
});

test('above 8 bits activations take two bytes and biases eight', () => {
  const row = layerOf(recreated({ all: true, activation_bits: 12 }), 'conv');
  assert.is(row.bit_operations, row.macs * 8 * 12);
  assert.equal([row.bias_bytes, row.weight_bytes], [4 * 8, 108]);
});

test('conversions count with the layer that reads them, at the end with the one that wrote', () => {
  const graph = recreated({ name: 'conv2d', all: true });
  const { layers, total } = costOf(graph);
  assert.equal(
    layers.map(({ layer }) => layer),
    ['conv', 'mean', 'dense'],
  );
  // The conversion of the image is not counted; conv to int8 144; 144 back to float 576.
  assert.is(layers[0]!.activation_bytes, 108 + 144);
  assert.is(layers[1]!.activation_bytes, 144 + 576 + 576 + 16);
  assert.is(total.peak_activation_bytes, 144 + 576);
  const floatEnds = costOf(withBorders(basis.lowered.graph, 'float32'));
  assert.is(floatEnds.layers.at(-1)!.activation_bytes, 4 + 5 + 5 + 20);
});

test('a whole network of integers costs what its integer model costs', () => {
  for (const make of Object.values(NETS)) {
    const from = basisOf(make(3));
    const same = from.lowered.graph.nodes.every(({ op }) => op !== 'quantize');
    const [a, b] = [recreate(from, [{ all: true }]).graph, from.lowered.graph].map(
      (graph) => costOf(graph).total,
    );
    if (same) assert.equal(a, b);
  }
});

test('an image that is read in two forms is converted at a cost', () => {
  const net = networkBuilder(4);
  const both = net.finish(net.concat([net.conv('image', 'a', 2), net.conv('image', 'b', 2)], 'both'));
  const { graph } = recreate(basisOf(both), [{ layers: ['a'] }]);
  assert.is(layerOf(graph, 'a').activation_bytes, 432 + 108 + 108 + 72);
});

test('the total is the sum of the layers, for every network, in float and as integers', () => {
  for (const make of Object.values(NETS)) {
    const { reference, lowered } = basisOf(make(3));
    for (const graph of [reference, lowered.graph]) {
      const { layers, total } = costOf(graph, MACHINE);
      const { peak_activation_bytes, ...sum } = total;
      const { bound_by: _, ...added } = addCosts(layers);
      assert.equal(sum, added);
      assert.is(peak_activation_bytes, planGraph(graph).arenaBytes);
      for (const { bytes_moved, weight_bytes, bias_bytes, requantization_bytes, activation_bytes } of layers)
        assert.is(bytes_moved, weight_bytes + bias_bytes + requantization_bytes + activation_bytes);
    }
  }
});

test('a value that is read twice is moved once', () => {
  const net = networkBuilder(2);
  const { graph } = net.finish(net.multiply('image', 'image', 'square'));
  assert.is(costOf(graph).layers[0]!.activation_bytes, 2 * 6 * 6 * 3 * 4);
});

test('the roofline: the slowest of MACs, weights and activations, in whole cycles', () => {
  const work = { macs: 0, weightBits: 8, activationBits: 8, constantBytes: 0, activationBytes: 0 };
  assert.equal(roofline(MACHINE, { ...work, macs: 33 }), { cycles: 3, bound_by: 'macs' });
  assert.equal(roofline(MACHINE, { ...work, macs: 33, weightBits: 3 }), { cycles: 2, bound_by: 'macs' });
  assert.equal(roofline(MACHINE, { ...work, macs: 33, activationBits: 9 }), { cycles: 33, bound_by: 'macs' });
  assert.equal(roofline(MACHINE, { ...work, constantBytes: 9, activationBytes: 16 }), {
    cycles: 5,
    bound_by: 'weights',
  });
  assert.equal(roofline(MACHINE, { ...work, macs: 16, activationBytes: 9 }), {
    cycles: 3,
    bound_by: 'activations',
  });
});

test('no machine is slower with fewer bits, fewer bytes or fewer MACs', () => {
  const number = fc.nat(1e6);
  const work = fc.record({
    macs: number,
    weightBits: fc.integer({ min: 2, max: 16 }),
    activationBits: fc.integer({ min: 2, max: 16 }),
    constantBytes: number,
    activationBytes: number,
  });
  fc.assert(
    fc.property(work, work, (a, b) => {
      const least = Object.fromEntries(
        Object.entries(a).map(([key, value]) => [key, Math.min(value, b[key as keyof typeof b])]),
      ) as unknown as typeof a;
      assert.ok(roofline(MACHINE, least).cycles <= roofline(MACHINE, a).cycles);
    }),
  );
});

test('fewer bits cost fewer bit-operations and bytes', () => {
  const costs = [2, 4, 8].map((weight_bits) => costOf(recreated({ all: true, weight_bits })).total);
  for (const [fewer, more] of [costs.slice(0, 2), costs.slice(1)] as const) {
    assert.ok(fewer!.bit_operations < more!.bit_operations);
    assert.ok(fewer!.weight_bytes < more!.weight_bytes);
    assert.is(fewer!.macs, more!.macs);
  }
});
