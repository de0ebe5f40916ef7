import { type Graph, tensorOf } from '../../src/core/index.js';
import { graphBuilder } from '../../src/ops/index.js';
import {
  expandBatchNorm,
  foldBatchNorm,
  fuseActivation,
  mergeAll,
  separateConstants,
} from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { type Network, networkBuilder } from '../networks.js';
import { NETS } from './nets.js';
import { basisOf, inputOf, opsOf, outputOf, outputSqnr } from './run.js';

function assertSameOutput(network: Network, graph: Graph): void {
  const input = inputOf(network, 5);
  const [expected, actual] = [outputOf(network.graph, input), outputOf(graph, input)];
  const largest = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    assert.ok(
      Math.abs(value - actual[i]!) <= 1e-5 * Math.max(1, largest),
      `[${i}] ${value} and ${actual[i]}`,
    );
  });
}

test('folding by hand: w·γ/√(σ²+ε), β + (b − μ)·γ/√(σ²+ε)', () => {
  const builder = graphBuilder('hand');
  const scalar = (name: string, value: number): string => builder.constant(name, [1], Float32Array.of(value));
  builder.input('x', [1, 1]);
  const dense = builder.apply(
    'fully_connected',
    { activation: 'none' },
    ['x', builder.constant('w', [1, 1], Float32Array.of(5)), scalar('b', 7)],
    'y',
  );
  const norm = [scalar('gamma', 6), scalar('beta', 1), scalar('mean', 3), scalar('variance', 8.75)];
  builder.apply('batch_norm', { epsilon: 0.25 }, [dense, ...norm], 'z');
  const folded = foldBatchNorm(builder.build(['z']));
  // 6/√9 = 2
  assert.equal([...tensorOf(folded, 'w').data!], [10]);
  assert.equal([...tensorOf(folded, 'b').data!], [1 + (7 - 3) * 2]);
  assert.equal(
    folded.nodes.map(({ op, outputs }) => [op, outputs]),
    [['fully_connected', ['z']]],
  );
  assert.equal([...folded.tensors.keys()], ['x', 'w', 'b', 'z']);
});

for (const bias of [true, false])
  test(`folding into every layer with weights changes nothing but rounding, ${bias ? 'with' : 'without'} biases`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const net = networkBuilder(seed);
      const conv = net.norm(net.conv('image', 'conv', 4, { bias }), 'bn_1');
      const depthwise = net.norm(net.depthwise(conv, 'depthwise', { bias }), 'bn_2');
      net.norm(net.dense(net.mean(depthwise, 'mean'), 'dense', 3, { bias }), 'bn_3');
      const network = net.finish('bn_3');
      const folded = foldBatchNorm(network.graph);
      assert.equal(opsOf(folded), ['conv_2d', 'depthwise_conv_2d', 'mean', 'fully_connected']);
      assertSameOutput(network, folded);
    }
  });

test('everything merged gives what the network gives', () => {
  for (const build of Object.values(NETS))
    for (const seed of [1, 2]) {
      const network = build(seed);
      assertSameOutput(network, mergeAll(network.graph));
      assertSameOutput(network, expandBatchNorm(network.graph));
    }
});

const convThen = (then: (net: ReturnType<typeof networkBuilder>, conv: string) => string[]): string[] => {
  const net = networkBuilder(1);
  const { graph } = net.finish(...then(net, net.conv('image', 'conv', 2)));
  return opsOf(fuseActivation(foldBatchNorm(graph)));
};

test('ReLU, ReLU6 and the clamp to ±1 fuse; what is no such clamp, has two readers or is an output does not', () => {
  assert.equal(
    convThen((net, conv) => [net.relu(conv, 'r')]),
    ['conv_2d'],
  );
  assert.equal(
    convThen((net, conv) => [net.relu(conv, 'r', null)]),
    ['conv_2d'],
  );
  const clamp = { min: -1, max: 1, negativeSlope: 0, threshold: -1 };
  assert.equal(
    convThen((net, conv) => [net.layer('Activation', 'c', 'relu', clamp, [conv])]),
    ['conv_2d'],
  );
  assert.equal(
    convThen((net, conv) => [net.layer('Activation', 'c', 'relu', { ...clamp, max: 2 }, [conv])]),
    ['conv_2d', 'relu'],
  );
  assert.equal(
    convThen((net, conv) => [net.relu(conv, 'r', 4)]),
    ['conv_2d', 'relu'],
  );
  assert.equal(
    convThen((net, conv) => [net.relu(conv, 'r', null, 0.1)]),
    ['conv_2d', 'relu'],
  );
  assert.equal(
    convThen((net, conv) => [net.add(net.relu(conv, 'r'), conv, 's')]),
    ['conv_2d', 'relu', 'add'],
  );
  assert.equal(
    convThen((net, conv) => [net.relu(conv, 'r'), conv]),
    ['conv_2d', 'relu'],
  );
  assert.equal(
    convThen((net, conv) => [net.relu(net.maxPool(conv, 'p'), 'r')]),
    ['conv_2d', 'max_pool_2d', 'relu'],
  );
  assert.equal(
    convThen((net, conv) => [net.relu(net.relu(conv, 'r'), 'q')]),
    ['conv_2d', 'relu'],
    'once',
  );
});

test('batch normalization does not fold over an activation, a second reader or an output', () => {
  assert.equal(
    convThen((net, conv) => [net.norm(net.relu(conv, 'r'), 'n')]),
    ['conv_2d', 'batch_norm'],
  );
  assert.equal(
    convThen((net, conv) => [net.add(net.norm(conv, 'n'), conv, 's')]),
    ['conv_2d', 'batch_norm', 'add'],
  );
  assert.equal(
    convThen((net, conv) => [net.norm(conv, 'n'), conv]),
    ['conv_2d', 'batch_norm'],
  );
  assert.equal(
    convThen((net, conv) => [net.norm(net.norm(conv, 'n'), 'm')]),
    ['conv_2d', 'batch_norm'],
    'once',
  );
});

/** Two convolutions with the same weights and bias; a batch normalization behind the first. */
function sharedWeights(): Network {
  const net = networkBuilder(4, [1, 4, 4, 2]);
  const inputs = [net.constant('w', [2, 3, 3, 2], noiseOf(1)), net.constant('b', [2], noiseOf(2))];
  const attributes = { padding: 'same', strides: [1, 1], dilations: [1, 1], activation: 'none' };
  const first = net.norm(net.layer('Conv2D', 'first', 'conv_2d', attributes, ['image', ...inputs]), 'norm');
  net.layer('Conv2D', 'second', 'conv_2d', attributes, [first, ...inputs]);
  return net.finish('second');
}

function noiseOf(seed: number): () => number {
  let i = seed;
  return () => Math.sin(i++ * 1.7);
}

test('nodes that share weights and bias get names of their own for the same values', () => {
  const network = sharedWeights();
  const separated = separateConstants(network.graph);
  const [first, , second] = separated.nodes;
  assert.equal(first!.inputs.slice(1), ['w', 'b']);
  assert.equal(second!.inputs.slice(1), ['w/second', 'b/second']);
  assert.is(tensorOf(separated, 'w/second').data, tensorOf(network.graph, 'w').data);
  assertSameOutput(network, mergeAll(network.graph));
  const { lowered } = basisOf(network);
  assert.ok(outputSqnr(network.graph, lowered.graph, inputOf(network, 1)) > 25);
});
