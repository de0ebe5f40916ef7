import { benchmark, loadKernels } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';

test('a benchmark times what runs: operators that one kernel computes are one row, with the work of all of them', async () => {
  const net = networkBuilder(1, [1, 6, 6, 3]);
  const padded = net.pad('image', 'pad');
  const window = { padding: 'valid', strides: [2, 2], dilations: [1, 1], activation: 'none' };
  const kernel = net.constant('kernel', [4, 3, 3, 3], () => 0.5);
  net.layer('Conv2D', 'conv', 'conv_2d', window, [padded, kernel]);
  net.relu(net.norm('conv', 'norm'), 'relu');
  net.softmax('relu', 'softmax');
  const { graph } = net.finish('softmax');
  const { operators, macs, runs, samplesPerSecond } = await benchmark(graph, 2, 1, loadKernels());
  const rows = operators.map(({ index, name, op, kernel: by }) => [index, name, op, by]);
  assert.equal(rows, [
    [2, 'relu', 'conv_2d+batch_norm+relu', 'conv_float32_4x8'],
    [5, 'softmax', 'softmax', 'softmax_float32_4'],
  ]);
  assert.is(macs, 3 * 3 * 4 * 27);
  assert.is(runs, 2);
  assert.ok(samplesPerSecond > 0);
  const reference = await benchmark(graph, 1, 1);
  assert.equal(
    reference.operators.map(({ op, kernel: by }) => [op, by]),
    ['conv_2d', 'batch_norm', 'relu', 'softmax'].map((op) => [op, 'reference']),
  );
});
