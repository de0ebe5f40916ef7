import { fileURLToPath } from 'node:url';
import { inspectLayers, loadModel } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';
import { residualNetwork } from './networks.js';

const demo = fileURLToPath(new URL('../../fixtures/demo/model.h5', import.meta.url));

test('every layer is listed in order with shape, weights and multiply-accumulates', async () => {
  const { rows, totals } = inspectLayers(await loadModel(demo));
  assert.equal(
    rows.map(({ index }) => index),
    rows.map((_, i) => i),
  );
  const [input, conv] = rows;
  assert.equal([input!.className, input!.shape, input!.macs], ['InputLayer', [1, 64, 64, 3], 0]);
  assert.equal([conv!.shape, conv!.parameters, conv!.macs], [[1, 32, 32, 12], 324, 32 * 32 * 12 * 27]);
  assert.equal([totals.layers, totals.parameters, totals.macs], [65, 46_074, 3_188_912]);
  const sum = (key: 'parameters' | 'macs'): number => rows.reduce((total, row) => total + row[key], 0);
  assert.equal([totals.parameters, totals.macs], [sum('parameters'), sum('macs')]);
});

test('what may be merged is the batch normalization and the ReLU behind, in order', async () => {
  const { rows } = inspectLayers(residualNetwork());
  const merges = Object.fromEntries(rows.map(({ name, merges: names }) => [name, names]));
  assert.equal(merges.conv, ['conv_bn', 'conv_relu']);
  assert.equal(merges.depthwise, ['depthwise_bn']);
  assert.equal([merges.add, merges.dense, merges.image], [[], [], []]);
});

test('a tensor that two layers read is merged with neither', () => {
  const net = networkBuilder(1);
  const conv = net.conv('image', 'conv', 3);
  const { rows } = inspectLayers(net.finish(net.add(net.relu(conv, 'relu'), conv, 'add')));
  assert.equal(rows[1]!.merges, []);
});
