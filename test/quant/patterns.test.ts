import { tensorOf } from '../../src/core/index.js';
import { foldAddition, fuseActivation, fuseHardSwish, mergeAll } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';
import { NETS } from './nets.js';
import { opsOf } from './run.js';

type Builder = ReturnType<typeof networkBuilder>;

/** A convolution with 2 channels, and what `then` puts behind it, with constants behind layers moved into biases. */
function folded(then: (net: Builder, conv: string) => string[], bias = true) {
  const net = networkBuilder(1);
  const { graph } = net.finish(...then(net, net.conv('image', 'conv', 2, { bias })));
  return { graph, result: foldAddition(graph) };
}

const subtract = (net: Builder, a: string, b: string): string =>
  net.layer('Subtract', 'difference', 'sub', { activation: 'none' }, [a, b]);

test('a constant added to a convolution goes into its bias, whichever side it is on', () => {
  const add = (net: Builder, conv: string): string[] => [
    net.add(
      net.constant('c', [1, 1, 1, 2], () => 3),
      conv,
      'sum',
    ),
  ];
  const { graph, result } = folded(add);
  const before = tensorOf(graph, 'conv/bias').data as Float32Array;
  assert.equal(
    result.nodes.map(({ op, outputs }) => [op, outputs]),
    [['conv_2d', ['sum']]],
  );
  assert.equal(
    tensorOf(result, 'conv/bias').data,
    before.map((b) => b + 3),
  );
  const bare = folded(add, false).result;
  assert.equal(tensorOf(bare, bare.nodes[0]!.inputs[2]!).data, Float32Array.of(3, 3));
});

test('a constant subtracted from a convolution goes into its bias negated', () => {
  const { result } = folded((net, conv) => {
    let next = 1;
    return [
      subtract(
        net,
        conv,
        net.constant('c', [2], () => next++),
      ),
    ];
  }, false);
  assert.equal(tensorOf(result, result.nodes[0]!.inputs[2]!).data, Float32Array.of(-1, -2));
});

test('a sum stays where it is no bias', () => {
  const kept = (then: (net: Builder, conv: string) => string[]): void => {
    const { graph, result } = folded(then);
    assert.equal(opsOf(result), opsOf(graph));
  };
  const one = (net: Builder, shape: number[] = []): string => net.constant('c', shape, () => 1);
  kept((net, conv) => [subtract(net, one(net), conv)]);
  kept((net, conv) => [net.add(conv, one(net, [1, 6, 1, 1]), 'sum')]);
  kept((net, conv) => [net.add(conv, one(net, [2, 6, 6, 2]), 'sum')]);
  kept((net, conv) => [net.add(conv, one(net), 'sum'), conv]);
  kept((net, conv) => [net.add(net.add(conv, one(net), 'sum'), conv, 'twice')]);
  kept((net, conv) => [net.add(net.maxPool(conv, 'pool'), one(net), 'sum')]);
  kept((net, conv) => [net.add(conv, conv, 'sum')]);
});

/** x and relu6(x + shift), x a pooled image, for products of these. */
function swished(make: (net: Builder, x: string, limited: string, sixth: string) => string[], shift = 3) {
  const net = networkBuilder(1);
  const x = net.maxPool('image', 'x');
  const sum = net.add(
    x,
    net.constant('shift', [], () => shift),
    'sum',
  );
  const sixth = net.constant('sixth', [1], () => 1 / 6);
  const { graph } = net.finish(...make(net, x, net.relu(sum, 'limited'), sixth));
  return fuseHardSwish(fuseActivation(graph));
}

const HARD_SWISH = ['max_pool_2d', 'hard_swish'];

test('x·(relu6(x + 3)/6) and (x·relu6(x + 3))/6 are a hard-swish, in any order of factors', () => {
  for (const swap of [false, true]) {
    const times = (net: Builder, a: string, b: string, name: string): string =>
      swap ? net.multiply(b, a, name) : net.multiply(a, b, name);
    const gated = swished((net, x, limited, sixth) => [
      times(net, x, times(net, limited, sixth, 'gate'), 'last'),
    ]);
    assert.equal(opsOf(gated), HARD_SWISH);
    assert.equal(gated.nodes[1]!.outputs, ['last']);
    assert.is(gated.nodes[1]!.source!.name, 'sum');
    const divided = swished((net, x, limited, sixth) => [
      times(net, times(net, x, limited, 'product'), sixth, 'last'),
    ]);
    assert.equal(opsOf(divided), HARD_SWISH);
  }
});

test('a gate that others read stays beside the hard-swish', () => {
  const graph = swished((net, x, limited, sixth) => {
    const gate = net.multiply(limited, sixth, 'gate');
    return [net.multiply(x, gate, 'last'), gate];
  });
  assert.equal(opsOf(graph), ['max_pool_2d', 'add', 'mul', 'hard_swish']);
});

test('other constants and other factors are no hard-swish', () => {
  const gate = (net: Builder, x: string, limited: string, sixth: string): string[] => [
    net.multiply(x, net.multiply(limited, sixth, 'gate'), 'last'),
  ];
  assert.equal(opsOf(swished(gate, 2)), ['max_pool_2d', 'add', 'mul', 'mul']);
  assert.equal(
    opsOf(swished((net, _x, limited, sixth) => gate(net, net.maxPool('image', 'other'), limited, sixth))),
    ['max_pool_2d', 'add', 'max_pool_2d', 'mul', 'mul'],
  );
  assert.equal(
    opsOf(
      swished((net, x, limited) =>
        gate(
          net,
          x,
          limited,
          net.constant('fifth', [], () => 0.2),
        ),
      ),
    ),
    ['max_pool_2d', 'add', 'mul', 'mul'],
  );
});

test("MobileNetV3's gates as TensorFlow's converter has them", () => {
  const graph = mergeAll(NETS['sums and products with constants']!(1).graph);
  assert.equal(opsOf(graph), [
    'conv_2d',
    'hard_swish',
    'mean',
    'conv_2d',
    'mul',
    'mul',
    'mean',
    'fully_connected',
  ]);
});
