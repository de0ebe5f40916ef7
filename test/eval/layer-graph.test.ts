import { layerGraph, type TensorRow } from '../../src/eval/index.js';
import { recreate } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { basisOf } from '../quant/run.js';
import { residualNetwork } from './networks.js';

const network = residualNetwork();
const basis = basisOf(network);

const row = (index: number, tensor: string, sqnrDb: number, replaced: boolean): TensorRow => ({
  index,
  layer: tensor,
  class: 'Any',
  tensor,
  replaced,
  shape: [1],
  sqnr_db: sqnrDb,
  aggregate_db: sqnrDb,
  delta_db: null,
  identical: false,
});

test('merged layers are one vertex, and edges lead from layer to layer past the conversions', () => {
  const { graph } = recreate(basis, [{ all: true }]);
  const rows = [row(1, 'conv_relu', 30, true), row(4, 'depthwise_bn', 20, true)];
  const { nodes, edges } = layerGraph(network.graph, graph, network.layers, rows);
  assert.equal(
    nodes.map(({ id, name, className, merged, replaced }) => [id, name, className, merged, replaced]),
    [
      ['image', 'image', 'InputLayer', [], false],
      ['layer 1', 'conv', 'Conv2D', ['conv_bn', 'conv_relu'], true],
      ['layer 4', 'depthwise', 'DepthwiseConv2D', ['depthwise_bn'], true],
      ['layer 6', 'add', 'Add', [], false],
      ['layer 7', 'pool', 'GlobalAveragePooling2D', [], false],
      ['layer 8', 'dense', 'Dense', [], false],
      ['layer 9', 'softmax', 'Softmax', [], false],
    ],
  );
  assert.equal(
    edges.map(({ from, to, sqnrDb }) => [from, to, sqnrDb]),
    [
      ['image', 'layer 1', null],
      ['layer 1', 'layer 4', 30],
      ['layer 1', 'layer 6', 30],
      ['layer 4', 'layer 6', 20],
      ['layer 6', 'layer 7', null],
      ['layer 7', 'layer 8', null],
      ['layer 8', 'layer 9', null],
    ],
  );
});

test('what is not merged stays a vertex of its own', () => {
  const { graph } = recreate(basis, [{ layers: ['conv'], merge_batch_norm: true, merge_relu: false }]);
  const { nodes, edges } = layerGraph(network.graph, graph, network.layers, []);
  assert.equal(nodes.length, 1 + 8);
  assert.equal(nodes[1]!.merged, ['conv_bn']);
  assert.equal(nodes[2]!.name, 'conv_relu');
  assert.is(edges.length, 9);
});

test('every edge leads between vertices, in the TFLite model too', () => {
  for (const graph of [network.graph, basis.lowered.graph]) {
    const { nodes, edges } = layerGraph(network.graph, graph, network.layers, []);
    const ids = new Set(nodes.map(({ id }) => id));
    assert.is(ids.size, nodes.length);
    assert.ok(edges.every(({ from, to }) => ids.has(from) && ids.has(to)));
  }
});
