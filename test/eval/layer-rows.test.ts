import type { Results } from '../../src/eval/index.js';
import { assembleResults, layerGroups, type NetworkConfig } from '../../src/eval/index.js';
import { type RecreationEntry, recreate } from '../../src/quant/index.js';
import { totalsOf } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { NETS } from '../quant/nets.js';
import { basisOf } from '../quant/run.js';
import { residualNetwork } from './networks.js';

const network = residualNetwork();
const basis = basisOf(network);

function layersOf(...entries: RecreationEntry[]): Results['layers'] {
  const { graph, ...recreated } = recreate(basis, entries);
  const evaluation = {
    network: { calibrator: 'minmax' } as NetworkConfig,
    numerics: 'tflite-2.15' as const,
    graphs: { reference: network.graph, tflite: basis.lowered.graph, recreated: graph },
    layers: network.layers,
    ...recreated,
    images: [],
    calibrationIndices: [],
    calibrationSkipped: [],
  };
  return assembleResults(evaluation, {
    samples: [],
    totals: totalsOf({ pairs: [], moved: [] }, { lambda: new Map(), mu: new Map() }),
    skipped: [],
  }).layers;
}
const rowOf = (layers: Results['layers'], tensor: string) => layers.find((row) => row.tensor === tensor)!;

test('a merged group is one row, in running order, with the layer that it replaces', () => {
  assert.equal(
    layersOf({ all: true }).map(({ index, layer, tensor, inputs }) => [index, layer, tensor, ...inputs]),
    [
      [1, 'conv', 'conv_relu', 'image'],
      [4, 'depthwise', 'depthwise_bn', 'conv_relu'],
      [6, 'add', 'add', 'conv_relu', 'depthwise_bn'],
      [7, 'pool', 'pool', 'add'],
      [8, 'dense', 'dense', 'pool'],
      [9, 'softmax', 'softmax', 'dense'],
    ],
  );
});

test('a layer that stayed in float has no settings and no quantization; its inputs are behind conversions', () => {
  const layers = layersOf({ name: 'depthwise_conv2d', all: true });
  const conv = rowOf(layers, 'conv');
  assert.equal([conv.settings, conv.quantization, conv.replaced], [null, null, false]);
  const depthwise = rowOf(layers, 'depthwise_bn');
  assert.equal(depthwise.inputs, ['conv_relu']);
  assert.is(depthwise.quantization!.inputs[0]!.tensor, 'conv_relu');
  assert.equal(rowOf(layers, 'add').inputs, ['conv_relu', 'depthwise_bn']);
});

test('quantization: parameters of inputs, weights and output, the multiplier of each channel, the clamp', () => {
  const { quantization } = rowOf(layersOf({ all: true, weight_bits: 6 }), 'conv_relu');
  const { inputs, weights, output, multipliers, shifts, clamp } = quantization!;
  assert.equal([inputs.length, weights!.bits, weights!.scales.length, weights!.axis], [1, 6, 4, 0]);
  assert.equal([output.bits, multipliers.length, shifts.length], [8, 4, 4]);
  multipliers.forEach((multiplier, channel) => {
    const factor = (inputs[0]!.scale * weights!.scales[channel]!) / output.scale;
    assert.ok(Math.abs((multiplier / 2 ** 31) * 2 ** shifts[channel]! - factor) < factor * 1e-6);
  });
  assert.equal(clamp[0], Math.max(-128, output.zero_point));
  const perTensor = layersOf({ name: 'conv2d', all: true, per_channel_quantization: false });
  assert.is(rowOf(perTensor, 'conv_relu').quantization!.multipliers.length, 1);
});

test('a batch normalization alone is two operators and one row', () => {
  const net = NETS['standalone batch normalization']!(1);
  const from = basisOf(net);
  const { graph } = recreate(from, [{ all: true }]);
  const groups = layerGroups(net.graph, graph).filter(
    ({ last }) => last.source!.className === 'BatchNormalization',
  );
  assert.equal(
    groups.map(({ nodes, inputs }) => [nodes.length, ...inputs]),
    [[2, 'add']],
  );
});

test('every node with a layer is in one row, in running order, and every shared tensor ends one', () => {
  for (const make of Object.values(NETS)) {
    const net = make(2);
    const { graph } = recreate(basisOf(net), [{ all: true }]);
    const groups = layerGroups(net.graph, graph);
    const nodes = groups.flatMap((group) => group.nodes);
    assert.equal(
      nodes.map((node) => graph.nodes.indexOf(node)),
      [...graph.nodes.keys()].filter((i) => graph.nodes[i]!.source !== undefined),
    );
    const ends = new Set(groups.map(({ last }) => last.outputs[0]!));
    for (const { source, outputs } of graph.nodes)
      if (source && net.graph.tensors.has(outputs[0]!)) assert.ok(ends.has(outputs[0]!), outputs[0]);
  }
});
