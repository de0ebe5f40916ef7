import { QpannError, sameQuantization, tensorOf } from '../../src/core/index.js';
import type { CustomLayerContext } from '../../src/ops/index.js';
import { type RecreationBasis, type RecreationEntry, recreate } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';
import { NETS } from './nets.js';
import { activations, basisOf, inputOf, opsOf, outputOf, outputSqnr, sharedIntegers } from './run.js';

const block = NETS['mobile block']!(1);
const basis = basisOf(block);
const graphOf = (...config: RecreationEntry[]) => recreate(basis, config).graph;
const refuses = (
  entries: readonly RecreationEntry[],
  message: string | RegExp,
  from: RecreationBasis = basis,
): void => {
  try {
    recreate(from, entries);
  } catch (error) {
    assert.instance(error, QpannError);
    if (typeof message === 'string') assert.is((error as Error).message, message);
    else assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('was accepted');
};

for (const [name, build] of Object.entries(NETS))
  test(`${name}: every layer replaced gives the integers of the TFLite model`, () => {
    for (const seed of [1, 2, 3, 4]) {
      const network = build(seed);
      const from = basisOf(network);
      const { graph } = recreate(from, [{ all: true }]);
      for (const input of [7, 8]) {
        const pairs = sharedIntegers(from.lowered.graph, graph, inputOf(network, input));
        assert.is(pairs.length, from.lowered.graph.nodes.filter(({ op }) => op !== 'quantize').length);
        for (const [tensor, expected, actual] of pairs)
          assert.equal(actual, expected, `seed ${seed}: ${tensor}`);
      }
      assert.is(
        opsOf(graph).filter((op) => op === 'dequantize').length,
        0,
        'no conversion between neighbours',
      );
    }
  });

test('settings say what each layer was made with, of what its operator takes', () => {
  const { settings } = recreate(basis, [
    { name: 'conv2d', all: true, weight_bits: 5, rounding_div: false, relu_range: 'fixed' },
    { name: 'depthwise_conv2d', all: true, merge_relu: false },
    { name: 'add', all: true },
    { name: 'global_average_pooling2d', all: true, requantize: true },
  ]);
  assert.equal([...settings.keys()].sort(), ['add', 'conv_relu', 'dw_bn', 'mean', 'project_bn']);
  const conv = {
    weight_bits: 5,
    activation_bits: 8,
    rounding_div: false,
    symmetric_weights: true,
    per_channel_quantization: true,
    merge_batch_norm: true,
    merge_relu: true,
    relu_range: 'fixed',
  };
  assert.equal(settings.get('conv_relu'), conv);
  const { relu_range: _, ...withoutRelu } = conv;
  assert.equal(settings.get('project_bn'), { ...withoutRelu, merge_relu: false });
  assert.equal(settings.get('dw_bn'), {
    ...withoutRelu,
    merge_relu: false,
    weight_bits: 8,
    rounding_div: true,
  });
  assert.equal(settings.get('add'), { activation_bits: 8, rounding_div: true, merge_relu: false });
  assert.is(settings.get('mean')!.requantize, true);
  assert.is(recreate(basis, [{ all: true, quantized: false }]).settings.size, 0);
});

test('nothing chosen is the Reference', () => {
  assert.equal(opsOf(recreate(basis, []).graph), opsOf(block.graph));
  assert.is(outputSqnr(block.graph, recreate(basis, []).graph, inputOf(block, 1)), Infinity);
});

test('a layer that is not merged is calibrated on its own raw output', () => {
  const graph = graphOf({ name: 'conv2d', layers: ['conv'], merge_batch_norm: false, merge_relu: false });
  const { min, max } = basis.ranges.get('conv')!;
  const { scales } = tensorOf(graph, 'conv').quantization!;
  assert.is(scales[0], Math.fround((max - min) / 255));
  assert.equal(opsOf(graph).slice(0, 5), ['quantize', 'conv_2d', 'dequantize', 'batch_norm', 'relu']);
  const half = graphOf({ name: 'conv2d', layers: ['conv'], merge_batch_norm: true, merge_relu: false });
  assert.equal(opsOf(half).slice(0, 4), ['quantize', 'conv_2d', 'dequantize', 'relu']);
});

test('everything replaced and nothing merged runs', () => {
  for (const build of Object.values(NETS)) {
    const network = build(1);
    const { graph } = recreate(basisOf(network), [{ all: true, merge_batch_norm: false, merge_relu: false }]);
    assert.ok(outputSqnr(network.graph, graph, inputOf(network, 1)) > 15);
  }
});

test('neighbours with the same parameters exchange integers; float ones get floats', () => {
  const graph = graphOf({ name: 'conv2d', layers: ['conv'] }, { name: 'depthwise_conv2d', all: true });
  assert.equal(opsOf(graph).slice(0, 5), [
    'quantize',
    'conv_2d',
    'depthwise_conv_2d',
    'dequantize',
    'conv_2d',
  ]);
  const readers = graph.nodes.filter(({ inputs }) => inputs.some((name) => name.startsWith('conv_relu')));
  assert.equal(
    readers.map(({ op, inputs }) => [op, inputs[0]]),
    [
      ['depthwise_conv_2d', 'conv_relu'],
      ['dequantize', 'conv_relu'],
      ['add', 'conv_relu/dequantized'],
    ],
  );
});

test('more bits are better, for activations and weights', () => {
  for (const key of ['activation_bits', 'weight_bits'] as const) {
    // From 6 weight bits on, the noise of 8-bit activations decides.
    const widths = key === 'weight_bits' ? [2, 4, 6] : [2, 4, 6, 8];
    const sqnr = widths.map((bits) =>
      outputSqnr(block.graph, graphOf({ all: true, except: ['softmax'], [key]: bits }), inputOf(block, 1)),
    );
    for (let i = 1; i < sqnr.length; i++) assert.ok(sqnr[i]! > sqnr[i - 1]!, `${key}: ${sqnr}`);
  }
  const wide = (bits: number): number =>
    outputSqnr(
      block.graph,
      graphOf({ all: true, except: ['softmax'], weight_bits: bits, activation_bits: bits }),
      inputOf(block, 1),
    );
  const sqnr = [8, 10, 12, 16].map(wide);
  for (let i = 1; i < sqnr.length; i++) assert.ok(sqnr[i]! > sqnr[i - 1]! + 3, `${sqnr}`);
  assert.ok(sqnr.at(-1)! > 60, `${sqnr}`);
});

test('every width from 2 to 16 runs on every network, and both numbers may differ', () => {
  for (const build of Object.values(NETS)) {
    const network = build(2);
    const from = basisOf(network);
    for (let bits = 2; bits <= 16; bits++)
      for (const entry of [
        { weight_bits: bits },
        { activation_bits: bits },
        { weight_bits: bits, activation_bits: bits, symmetric_weights: false },
      ]) {
        const { graph } = recreate(from, [{ all: true, ...entry }]);
        const output = outputOf(graph, inputOf(network, 1));
        assert.ok(output.every(Number.isFinite));
        const sqnr = outputSqnr(network.graph, graph, inputOf(network, 1));
        if (bits >= 8) assert.ok(sqnr > 15, `${network.graph.name} ${JSON.stringify(entry)}: ${sqnr} dB`);
      }
  }
});

test('above 8 bits: int16, int64 biases, 64-bit accumulators, zero points 0', () => {
  const graph = graphOf({ name: 'conv2d', layers: ['conv'], activation_bits: 12 });
  const conv = graph.nodes.find(({ op }) => op === 'conv_2d')!;
  const [input, weights, bias] = conv.inputs.map((name) => tensorOf(graph, name));
  assert.equal([input!.dtype, weights!.dtype, bias!.dtype], ['int16', 'int8', 'int64']);
  assert.equal([input!.quantization!.bits, input!.quantization!.zeroPoints], [12, [0]]);
  assert.is(conv.numerics!.accumulatorBits, 64);
});

test('rounding_div, per_channel_quantization and symmetric_weights reach the kernel', () => {
  const entry = { name: 'conv2d', layers: ['conv'] };
  const conv = (settings: object) => {
    const graph = graphOf({ ...entry, ...settings });
    const node = graph.nodes.find(({ op }) => op === 'conv_2d')!;
    return { numerics: node.numerics!, weights: tensorOf(graph, node.inputs[1]!).quantization! };
  };
  assert.is(conv({}).numerics.rounding, 'nearest');
  assert.is(conv({ rounding_div: false }).numerics.rounding, 'floor');
  assert.is(conv({}).weights.scales.length, 4);
  assert.is(conv({ per_channel_quantization: false }).weights.axis, null);
  assert.ok(conv({}).weights.zeroPoints.every((zeroPoint) => zeroPoint === 0));
  assert.ok(conv({ symmetric_weights: false }).weights.zeroPoints.some((zeroPoint) => zeroPoint !== 0));
  const [rounded, truncated] = [{}, { rounding_div: false }].map(
    (settings) =>
      activations(graphOf({ ...entry, ...settings }), inputOf(block, 1)).get('conv_relu') as Int8Array,
  );
  assert.ok(truncated!.some((q, i) => q < rounded![i]!));
});

test('global average pooling keeps the parameters of its input unless it requantizes', () => {
  const name = 'global_average_pooling2d';
  const shares = (graph: ReturnType<typeof graphOf>): boolean =>
    sameQuantization(tensorOf(graph, 'mean').quantization, tensorOf(graph, 'add/quantized').quantization);
  assert.ok(shares(graphOf({ name, layers: ['mean'] })));
  assert.not.ok(shares(graphOf({ name, layers: ['mean'], requantize: true })));
});

test('relu_range fixed: [0, 6], whatever was calibrated', () => {
  const { quantization } = tensorOf(
    graphOf({ name: 'conv2d', layers: ['conv'], relu_range: 'fixed' }),
    'conv_relu',
  );
  assert.equal([quantization!.scales, quantization!.zeroPoints], [[Math.fround(6 / 255)], [-128]]);
});

test('quantized: false merges and stays in float', () => {
  const graph = graphOf({ all: true, quantized: false });
  assert.equal(opsOf(graph), [
    'conv_2d',
    'depthwise_conv_2d',
    'conv_2d',
    'add',
    'mean',
    'fully_connected',
    'softmax',
  ]);
  assert.ok([...graph.tensors.values()].every(({ dtype }) => dtype === 'float32'));
  assert.ok(outputSqnr(block.graph, graph, inputOf(block, 1)) > 100);
});

test("a class named in an entry takes the layer's operator, not its activation", () => {
  const net = networkBuilder(1, [1, 4]);
  net.dense('image', 'dense', 3);
  const { index, name, className } = { index: 1, name: 'dense', className: 'Dense' };
  net.builder.apply('softmax', { beta: 1 }, ['dense'], 'probabilities', { index, name, className });
  const from = basisOf(net.finish('probabilities'));
  assert.equal(opsOf(recreate(from, [{ name: 'dense', all: true }]).graph), [
    'quantize',
    'fully_connected',
    'dequantize',
    'softmax',
  ]);
  assert.equal(opsOf(recreate(from, [{ indices: [1] }]).graph), ['quantize', 'fully_connected', 'softmax']);
  const custom = { run: () => Float32Array.of(1, 2, 3) };
  assert.equal(opsOf(recreate(from, [{ indices: [1], custom }]).graph), ['custom', 'softmax']);
});

test('a standalone batch normalization can be named', () => {
  const from = basisOf(NETS['standalone batch normalization']!(1));
  const { graph } = recreate(from, [{ name: 'batch_normalization', all: true, rounding_div: false }]);
  assert.equal(opsOf(graph), [
    'conv_2d',
    'add',
    'quantize',
    'mul',
    'add',
    'dequantize',
    'conv_2d',
    'mean',
    'fully_connected',
  ]);
  refuses(
    [{ name: 'batch_normalization', all: true, weight_bits: 4 }],
    /has no weights, so weight_bits means nothing/,
    from,
  );
});

test('a merge that the config insists on must be possible', () => {
  refuses(
    [{ name: 'dense', all: true, merge_batch_norm: true }],
    'recreation entry 0: layer 11 dense (Dense) has no batch normalization to merge: layer 12 softmax (Softmax) follows',
  );
  refuses(
    [{ name: 'conv2d', layers: ['project'], merge_relu: true }],
    'recreation entry 0: layer 7 project (Conv2D) has no ReLU or ReLU6 to merge: layer 9 add (Add) follows'.replace(
      'layer 9',
      'layer 9',
    ),
  );
  refuses(
    [{ name: 'conv2d', layers: ['conv'], merge_batch_norm: false, merge_relu: true }],
    /has no ReLU or ReLU6 to merge: layer 2 conv_bn \(BatchNormalization\) follows/,
  );
});

test('a layer with several operators merges behind the last', () => {
  const net = networkBuilder(1);
  const source = { index: 1, name: 'sum', className: 'Add' };
  net.add('image', 'image', 'sum');
  net.builder.apply('add', { activation: 'none' }, ['sum', 'image'], 'sum_2', source);
  net.relu('sum_2', 'relu');
  const from = basisOf(net.finish('relu'));
  assert.equal(opsOf(recreate(from, [{ name: 'add', all: true, merge_relu: true }]).graph), [
    'quantize',
    'add',
    'add',
  ]);
  const custom = { run: () => new Float32Array(108) };
  refuses(
    [{ name: 'add', all: true, custom }],
    /consists of several operators, and a custom layer replaces one/,
    from,
  );
});

test('hyper-parameters that an operator does not have are refused', () => {
  refuses(
    [{ name: 'add', all: true, symmetric_weights: true }],
    'recreation entry 0: layer 9 add (Add) does not take symmetric_weights; it takes rounding_div, merge_relu',
  );
  refuses(
    [{ name: 'softmax', all: true, rounding_div: false }],
    /does not take rounding_div; it takes no flags/,
  );
  refuses([{ name: 'add', all: true, weight_bits: 4 }], /has no weights, so weight_bits means nothing/);
});

test('a custom layer gets what the layer had, and its output goes on', () => {
  let seen: CustomLayerContext | undefined;
  const custom = {
    run(context: CustomLayerContext) {
      seen = { ...context, inputs: context.inputs.map(({ shape, data }) => ({ shape, data: data.slice() })) };
      return new Float32Array(144).fill(2);
    },
  };
  const graph = graphOf({
    name: 'conv2d',
    layers: ['conv'],
    merge_batch_norm: false,
    merge_relu: false,
    custom,
  });
  const input = inputOf(block, 1);
  const values = activations(graph, input);
  assert.equal(values.get('conv'), new Float32Array(144).fill(2));
  assert.equal(seen!.inputs, [{ shape: [1, 6, 6, 3], data: input }]);
  assert.equal(
    seen!.weights.map(({ shape }) => shape),
    [[4, 3, 3, 3], [4]],
  );
  assert.equal(seen!.weights[0]!.data, tensorOf(block.graph, 'conv/kernel').data);
  assert.equal([seen!.attributes.padding, seen!.outputShape], ['same', [1, 6, 6, 4]]);
  assert.not.equal(values.get('conv_relu'), activations(block.graph, input).get('conv_relu'));
});

test('a custom layer that fails or returns another length is named', () => {
  const run = (layer: () => Float32Array) => () =>
    outputOf(graphOf({ name: 'dense', all: true, custom: { run: layer } }), inputOf(block, 1));
  assert.throws(
    run(() => new Float32Array(4)),
    /layer 11 dense \(Dense\).*must return a Float32Array of 5 values/,
  );
  assert.throws(
    run(() => {
      throw new Error('oops');
    }),
    /layer 11 dense \(Dense\).*the custom layer failed: oops/,
  );
});

test('what is replaced: the tensors that chosen layers write', () => {
  assert.equal([...recreate(basis, [{ name: 'conv2d', all: true }]).replaced], ['conv_relu', 'project_bn']);
});

test('one of two nodes with the same weights', () => {
  const net = networkBuilder(4, [1, 4, 4, 2]);
  const inputs = [net.constant('w', [2, 3, 3, 2], () => 0.3), net.constant('b', [2], () => -0.2)];
  const attributes = { padding: 'same', strides: [1, 1], dilations: [1, 1], activation: 'none' };
  net.layer('Conv2D', 'first', 'conv_2d', attributes, ['image', ...inputs]);
  net.layer('Conv2D', 'second', 'conv_2d', attributes, ['first', ...inputs]);
  const network = net.finish('second');
  const from = basisOf(network);
  for (const entry of [
    { layers: ['first'] },
    { layers: ['second'] },
    { all: true },
    { all: true, weight_bits: 16 },
  ])
    assert.ok(outputSqnr(network.graph, recreate(from, [entry]).graph, inputOf(network, 1)) > 30);
});

test('a layer without a 16-bit kernel stays in float, and is refused when it is asked for', () => {
  const from = basisOf(NETS['hard-swish, slopes and unit rows']!(1));
  const { graph } = recreate(from, [{ all: true, activation_bits: 16 }]);
  assert.ok(
    graph.nodes.some(({ op, inputs }) => op === 'prelu' && tensorOf(graph, inputs[0]!).dtype === 'float32'),
  );
  assert.throws(
    () => recreate(from, [{ name: 'prelu', all: true, activation_bits: 12 }]),
    /layer 4 prelu \(PReLU\) has no implementation for activations of more than 8 bits/,
  );
  recreate(from, [
    { name: 'prelu', all: true, activation_bits: 6, weight_bits: 12, symmetric_weights: false },
  ]);
});
