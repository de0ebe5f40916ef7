import { type Graph, sameQuantization, tensorOf } from '../../src/core/index.js';
import {
  asymmetricParameters,
  lowerToIntegers,
  mergeAll,
  symmetricParameters,
} from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';
import { NETS } from './nets.js';
import { basisOf, inputOf, opsOf, outputSqnr } from './run.js';

for (const [name, build] of Object.entries(NETS))
  test(`${name}: int8 is close to float`, () => {
    for (const seed of [1, 2, 3]) {
      const network = build(seed);
      const { graph } = basisOf(network).lowered;
      const floats = [...graph.tensors.values()].filter(({ dtype }) => dtype === 'float32');
      assert.equal(floats, [], 'integers throughout');
      const sqnr = outputSqnr(network.graph, graph, inputOf(network, 1));
      assert.ok(sqnr > 20, `seed ${seed}: ${sqnr} dB`);
    }
  });

test('a standalone batch normalization takes the ReLU behind it, as TensorFlow Lite does', () => {
  const { graph } = NETS['standalone batch normalization']!(1);
  assert.equal(opsOf(mergeAll(graph)), [
    'conv_2d',
    'add',
    'mul',
    'add',
    'conv_2d',
    'mean',
    'fully_connected',
  ]);
});

test('what a concatenation joins has the parameters of its own range, back to what is computed', () => {
  const net = networkBuilder(1);
  const small = net.conv('image', 'small', 2);
  const large = net.conv(net.conv('image', 'middle', 3), 'large', 2);
  net.concat(
    [net.pad(net.maxPool(small, 'pool'), 'pad'), net.pad(net.averagePool(large, 'pool_2'), 'pad_2')],
    'concat',
  );
  const { lowered, ranges } = basisOf(net.finish('concat'));
  const quantization = (name: string) => tensorOf(lowered.graph, name).quantization;
  for (const name of ['small', 'pool', 'pad', 'large', 'pool_2', 'pad_2'])
    assert.ok(sameQuantization(quantization(name), quantization('concat')), name);
  assert.equal(quantization('concat'), asymmetricParameters(ranges.get('concat')!, 8));
  assert.not.equal(quantization('middle'), quantization('concat'));
  assert.not.ok(opsOf(lowered.graph).includes('quantize'));
});

test('of two concatenations that read a tensor the last decides; a QUANTIZE stands before the other', () => {
  const net = networkBuilder(1);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => net.conv('image', name, 2));
  const first = net.concat([a!, b!], 'first');
  const second = net.concat([b!, c!], 'second');
  net.concat([net.mean(first, 'mean'), net.mean(second, 'mean_2')], 'means');
  const { lowered, ranges } = basisOf(net.finish('means'));
  const parametersOf = (name: string) => tensorOf(lowered.graph, name).quantization;
  const own = (name: string) => asymmetricParameters(ranges.get(name)!, 8);
  assert.equal(parametersOf('a'), own('first'));
  assert.equal(parametersOf('b/quantized'), own('first'));
  assert.equal(parametersOf('b'), own('second'));
  assert.equal(parametersOf('c'), own('second'));
  assert.is(opsOf(lowered.graph).filter((op) => op === 'quantize').length, 1);
});

test('a concatenation hands its parameters on through another, also to those that read that one', () => {
  const net = networkBuilder(1);
  const [a, b] = ['a', 'b'].map((name) => net.conv('image', name, 2));
  const inner = net.concat([a!, b!], 'inner');
  const pool = net.averagePool(inner, 'pool');
  const outer = net.concat([inner, net.conv(inner, 'c', 2)], 'outer');
  net.concat([net.mean(pool, 'mean'), net.mean(outer, 'mean_2')], 'means');
  const { lowered, ranges } = basisOf(net.finish('means'));
  const outerParameters = asymmetricParameters(ranges.get('outer')!, 8);
  for (const name of ['a', 'b', 'inner', 'pool', 'c', 'outer'])
    assert.equal(tensorOf(lowered.graph, name).quantization, outerParameters, name);
});

test('a sigmoid keeps its fixed parameters: a QUANTIZE brings it to those of the concatenation', () => {
  const net = networkBuilder(1);
  const conv = net.conv('image', 'conv', 2);
  const sigmoid = net.sigmoid(net.conv('image', 'gate', 2), 'sigmoid');
  net.concat([net.maxPool(conv, 'pool'), net.maxPool(sigmoid, 'pool_2')], 'concat');
  const { lowered, ranges } = basisOf(net.finish('concat'));
  const parametersOf = (name: string) => tensorOf(lowered.graph, name).quantization;
  assert.equal(parametersOf('sigmoid')!.scales, [1 / 256]);
  for (const name of ['conv', 'pool', 'sigmoid/quantized', 'pool_2', 'concat'])
    assert.equal(parametersOf(name), asymmetricParameters(ranges.get('concat')!, 8), name);
  assert.equal(opsOf(lowered.graph), [
    'conv_2d',
    'conv_2d',
    'logistic',
    'max_pool_2d',
    'quantize',
    'max_pool_2d',
    'concatenation',
  ]);
});

test('at 16 bits what is joined keeps its own parameters, and conversions stand before the joint', () => {
  const net = networkBuilder(1);
  const [a, b] = ['a', 'b'].map((name) => net.conv('image', name, 2));
  const larger = net.maximum(net.maxPool(a!, 'pool'), net.averagePool(b!, 'pool_2'), 'larger');
  net.mean(larger, 'mean');
  const network = net.finish('mean');
  const { ranges } = basisOf(network);
  const { graph } = lowerToIntegers(network.graph, ranges, { activationBits: 16, perChannel: true });
  const parametersOf = (name: string) => tensorOf(graph, name).quantization;
  const own = (name: string) => symmetricParameters(ranges.get(name)!, 16);
  for (const name of ['a', 'b', 'larger']) assert.equal(parametersOf(name), own(name), name);
  assert.equal(parametersOf('pool'), own('a'));
  assert.equal(parametersOf('pool_2'), own('b'));
  for (const name of ['pool/quantized', 'pool_2/quantized'])
    assert.equal(parametersOf(name), own('larger'), name);
});

test('a maximum decides for its operands, constants among them; the last of two does', () => {
  const net = networkBuilder(1);
  const [a, b] = ['a', 'b'].map((name) => net.conv('image', name, 2));
  const first = net.maximum(a!, b!, 'first');
  const floor = net.constant('floor', [2], () => -0.25);
  const second = net.maximum(b!, floor, 'second');
  net.concat([net.mean(first, 'mean'), net.mean(second, 'mean_2')], 'means');
  const { lowered, ranges } = basisOf(net.finish('means'));
  const parametersOf = (name: string) => tensorOf(lowered.graph, name).quantization;
  const own = (name: string) => asymmetricParameters(ranges.get(name)!, 8);
  for (const name of ['a', 'first', 'b/quantized']) assert.equal(parametersOf(name), own('first'), name);
  for (const name of ['b', 'floor', 'second']) assert.equal(parametersOf(name), own('second'), name);
  assert.is(opsOf(lowered.graph).filter((op) => op === 'quantize').length, 1);
});

test('softmax is fixed, and what only moves it has its parameters', () => {
  const net = networkBuilder(1, [1, 4]);
  const softmax = net.softmax(net.dense('image', 'dense', 4), 'softmax');
  net.layer('Reshape', 'reshape', 'reshape', { shape: [1, 2, 2] }, [softmax]);
  const { graph } = basisOf(net.finish('reshape')).lowered;
  for (const name of ['softmax', 'reshape'])
    assert.equal(
      [tensorOf(graph, name).quantization!.scales, tensorOf(graph, name).quantization!.zeroPoints],
      [[1 / 256], [-128]],
    );
});

test('a constant in a concatenation takes its parameters', () => {
  const net = networkBuilder(2, [1, 2, 2, 1]);
  const constant = net.constant('constant', [1, 2, 2, 1], () => 3);
  net.concat(['image', constant], 'concat');
  const network = net.finish('concat');
  const { graph } = basisOf(network).lowered;
  assert.equal(tensorOf(graph, 'constant').quantization, tensorOf(graph, 'concat').quantization);
  assert.ok(outputSqnr(network.graph, graph, inputOf(network, 1)) > 30);
});

test('an operator without an integer kernel stays in float between conversions', () => {
  const net = networkBuilder(1);
  const conv = net.conv('image', 'conv', 2);
  const attributes = {
    layer: { run: () => new Float32Array(72).fill(0.5) },
    attributes: {},
    shape: [1, 6, 6, 2],
    where: 'x',
  };
  const custom = net.layer('Mine', 'mine', 'custom', attributes, [conv]);
  net.conv(custom, 'last', 1);
  const { graph } = basisOf(net.finish('last')).lowered;
  assert.equal(opsOf(graph), ['conv_2d', 'dequantize', 'custom', 'quantize', 'conv_2d']);
});

test('an input that is an output, an infinite range, a missing one', () => {
  const net = networkBuilder(1);
  net.conv('image', 'conv', 1);
  const network = net.finish('image', 'conv');
  assert.is(tensorOf(basisOf(network).lowered.graph, 'image').dtype, 'int8');
  const huge = networkBuilder(1, [1, 2]);
  huge.multiply(
    huge.multiply(
      'image',
      huge.constant('c', [1, 2], () => 3e38),
      'big',
    ),
    'big',
    'bigger',
  );
  assert.throws(() => basisOf(huge.finish('bigger')), /tensor big.* reaches .* during calibration/);
});

test('NaN during calibration names the tensor', () => {
  const net = networkBuilder(1, [1, 2]);
  net.add(
    'image',
    net.constant('c', [1, 2], () => NaN),
    'sum',
  );
  assert.throws(() => basisOf(net.finish('sum')), 'tensor sum is not a number during calibration');
});

test('an operator that stays in float overwrites its operand as well', () => {
  const net = networkBuilder(1);
  const dividend = net.conv('image', 'dividend', 2);
  const divisor = net.sigmoid(net.conv('image', 'conv', 2), 'divisor');
  const quotient = net.layer('Divide', 'quotient', 'div', { activation: 'none' }, [dividend, divisor]);
  net.mean(quotient, 'mean');
  const { lowered, ranges } = basisOf(net.finish('mean'));
  const [own, result] = ['dividend', 'quotient'].map((name) => ranges.get(name)!);
  const both = { min: Math.min(own!.min, result!.min), max: Math.max(own!.max, result!.max) };
  assert.equal(tensorOf(lowered.graph, 'dividend').quantization, asymmetricParameters(both, 8));
  assert.equal(opsOf(lowered.graph).slice(2), [
    'logistic',
    'dequantize',
    'dequantize',
    'div',
    'quantize',
    'mean',
  ]);
});

test('an operand that TensorFlow Lite overwrites counts with the range of the result', () => {
  const net = networkBuilder(1);
  const left = net.conv('image', 'left', 2);
  const right = net.conv('image', 'right', 2);
  const sum = net.add(left, right, 'sum');
  const last = net.add(net.conv(sum, 'top', 2), right, 'last');
  const { graph } = net.finish(last);
  const ranges = new Map(
    Object.entries({
      image: { min: -1, max: 1 },
      left: { min: -1, max: 1 },
      right: { min: -2, max: 2 },
      sum: { min: -3, max: 2.5 },
      top: { min: -1, max: 1 },
      last: { min: -5, max: 5 },
    }),
  );
  const lowered = lowerToIntegers(graph, ranges).graph;
  const parametersOf = (name: string) => tensorOf(lowered, name).quantization;
  assert.equal(parametersOf('left'), asymmetricParameters({ min: -3, max: 2.5 }, 8), 'read by the sum only');
  assert.equal(parametersOf('right'), asymmetricParameters({ min: -2, max: 2 }, 8), 'read twice');
  assert.equal(parametersOf('top'), asymmetricParameters({ min: -1, max: 1 }, 8), 'the result is the output');
});

const WIDE = { activationBits: 16, perChannel: true } as const;

test('with 16-bit activations an operator without a kernel for them stays in float, its output calibrated', () => {
  const network = NETS['hard-swish, slopes and unit rows']!(1);
  const { ranges } = basisOf(network);
  const { graph } = lowerToIntegers(network.graph, ranges, WIDE);
  const swished = ['conv_2d', 'dequantize', 'hard_swish', 'quantize'];
  const unit = ['conv_2d', 'dequantize', 'prelu', 'l2_normalization', 'quantize'];
  assert.equal(opsOf(graph), [...swished, ...unit, 'mean', 'fully_connected']);
  assert.equal(tensorOf(graph, 'unit/quantized').quantization, symmetricParameters(ranges.get('unit')!, 16));
});

test('with 16-bit activations a sum has the parameters of its input', () => {
  const net = networkBuilder(1);
  net.layer('Lambda', 'sum', 'sum', { axes: [1, 2], keepDims: false }, [net.conv('image', 'conv', 2)]);
  const network = net.finish('sum');
  const { ranges, lowered } = basisOf(network);
  const parametersOf = (graph: Graph, name: string) => tensorOf(graph, name).quantization;
  assert.equal(parametersOf(lowered.graph, 'sum'), asymmetricParameters(ranges.get('sum')!, 8));
  const { graph } = lowerToIntegers(network.graph, ranges, WIDE);
  assert.equal(parametersOf(graph, 'sum'), parametersOf(graph, 'conv'));
});
