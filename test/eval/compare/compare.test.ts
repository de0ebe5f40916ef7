import { type Quantization, type Tensor, TFLITE_NUMERICS, tensorOf } from '../../../src/core/index.js';
import type { Comparison, Pattern } from '../../../src/eval/index.js';
import { recreate } from '../../../src/quant/index.js';
import { assert, test } from '../../harness.js';
import { compareGraphs, int8Net, withNode, withTensor } from './variants.js';

const { basis, graph, input } = int8Net(1);
const floor = { ...TFLITE_NUMERICS, rounding: 'floor' } as const;
const parametersOf = (name: string): Quantization => tensorOf(graph, name).quantization!;
const weightsOf = (name: string): string => graph.nodes.find((node) => node.outputs[0] === name)!.inputs[1]!;
const biasOf = (name: string): string => graph.nodes.find((node) => node.outputs[0] === name)!.inputs[2]!;
const causesOf = ({ tensors }: Comparison): string[] =>
  tensors.filter(({ cause }) => cause).map(({ tensor }) => tensor);
const firstOf = (comparison: Comparison) => {
  const first = comparison.tensors.find(({ tensor }) => tensor === comparison.first)!;
  return { ...first, kinds: first.patterns.map(({ kind }) => kind) };
};
const quantized =
  (change: (own: Quantization) => Partial<Quantization>) =>
  ({ quantization }: Tensor): Partial<Tensor> => ({
    quantization: { ...quantization!, ...change(quantization!) },
  });

test('a model equals itself', () => {
  const { equal, first, pairing, tensors } = compareGraphs(graph, graph, input);
  assert.equal([equal, first], [true, null]);
  assert.equal([pairing.method, pairing.paired, pairing.unpaired_b], ['name', 10, []]);
  for (const tensor of tensors) {
    assert.is(tensor.equal, tensor.elements);
    assert.equal([tensor.max_abs, tensor.sqnr_db, tensor.first], [0, null, null]);
  }
});

test('a recreated model that truncates: every layer rounds down, seen one by one', () => {
  const recreated = recreate(basis, [{ all: true, rounding_div: false }]).graph;
  const whole = compareGraphs(graph, recreated, input);
  assert.equal(causesOf(whole), ['conv_relu']);
  const { off_by_one, larger, kinds, model_differences, first } = firstOf(whole);
  assert.ok(off_by_one! > 1000 && larger === 0);
  assert.equal(kinds, ['rounding']);
  assert.equal(model_differences, ['rounding nearest, in B floor']);
  assert.is(first!.a, first!.b + 1);
  assert.ok(Math.abs(first!.real_a! - first!.real_b! - parametersOf('conv_relu').scales[0]!) < 1e-6);

  const isolated = compareGraphs(graph, recreated, input, { isolate: true });
  assert.equal(causesOf(isolated), ['conv_relu', 'deep_relu', 'project', 'sum', 'last', 'mean', 'dense']);
  for (const { tensor, cause, patterns, max_abs } of isolated.tensors) {
    if (!cause) continue;
    assert.is(max_abs, 1, tensor);
    const [pattern] = patterns;
    assert.is(pattern?.kind === 'rounding' && pattern.mode, 'floor', tensor);
  }
});

test('a layer that truncates alone: what comes after it follows from it', () => {
  for (const name of ['conv_relu', 'sum', 'last']) {
    const other = withNode(graph, name, () => ({ numerics: floor }));
    assert.equal(firstOf(compareGraphs(graph, other, input)).kinds, ['rounding'], name);
    assert.equal(causesOf(compareGraphs(graph, other, input)), [name]);
    assert.equal(causesOf(compareGraphs(graph, other, input, { isolate: true })), [name]);
  }
});

const one = (comparison: Comparison, kind: Pattern['kind']): Pattern => {
  const found = firstOf(comparison).patterns.find((pattern) => pattern.kind === kind);
  assert.ok(found, `${kind}, not ${firstOf(comparison).kinds.join(', ')}`);
  return found!;
};

test('an output with another zero point', () => {
  const other = withTensor(
    graph,
    'project',
    quantized(({ zeroPoints }) => ({ zeroPoints: [zeroPoints[0]! + 5] })),
  );
  const comparison = compareGraphs(graph, other, input);
  const pattern = one(comparison, 'zero point');
  assert.is(pattern.kind === 'zero point' && pattern.offset, 5);
  assert.match(
    firstOf(comparison).model_differences.join(),
    /^the tensor has .* zero point -17, in B .*-12$/,
  );
  assert.equal(causesOf(comparison), ['project'], 'the sum reads the same real numbers');
});

test('an output with another scale', () => {
  const scaled = (factor: number) =>
    compareGraphs(
      graph,
      withTensor(
        graph,
        'project',
        quantized(({ scales }) => ({ scales: [Math.fround(scales[0]! * factor)] })),
      ),
      input,
    );
  const shift = one(scaled(2), 'shift');
  assert.is(shift.kind === 'shift' && shift.exponent, -1);
  const scale = one(scaled(1.3), 'scale');
  assert.ok(scale.kind === 'scale' && Math.abs(scale.factor - 1 / 1.3) < 0.01);
});

test('a parameter of one channel', () => {
  const scaled = quantized(({ scales }) => ({
    scales: scales.map((scale, i) => (i === 3 ? scale / 2 : scale)),
  }));
  const comparison = compareGraphs(graph, withTensor(graph, weightsOf('project'), scaled), input);
  assert.equal(firstOf(comparison).kinds, ['part', 'shift']);
  const part = one(comparison, 'part');
  assert.equal(part.kind === 'part' && [part.dimension, part.indices, part.of], ['channel', [3], 16]);
  assert.equal(firstOf(comparison).model_differences, [
    '1 of the 16 scales or zero points of input 1 differ',
  ]);

  const biased = compareGraphs(
    graph,
    withTensor(graph, biasOf('project'), ({ data }) => ({
      data: (data as Int32Array).map((value, i) => (i === 5 ? value + 2000 : value)),
    })),
    input,
  );
  assert.equal(firstOf(biased).kinds, ['part', 'bias']);
});

test('a layer without its biases', () => {
  const none = withTensor(graph, biasOf('project'), ({ data }) => ({ data: new Int32Array(data!.length) }));
  assert.equal(firstOf(compareGraphs(graph, none, input)).kinds, ['bias']);
});

test('a network with a missing activation', () => {
  const activation = (node: { readonly attributes: object }, value: string) => ({
    attributes: { ...node.attributes, activation: value },
  });
  const limited = withNode(graph, 'project', (node) => activation(node, 'relu'));
  const missing = one(compareGraphs(limited, graph, input), 'clamp');
  assert.equal(missing.kind === 'clamp' && [missing.missingIn, missing.low], ['B', -17]);
  const extra = one(compareGraphs(graph, limited, input), 'clamp');
  assert.equal(extra.kind === 'clamp' && [extra.missingIn, extra.low, extra.high], ['A', -17, null]);
});

test('padding with another value is seen at the edges', () => {
  const other = withNode(graph, 'pad', ({ attributes }) => ({ attributes: { ...attributes, value: 1 } }));
  const border = one(compareGraphs(graph, other, input), 'border');
  assert.equal(border.kind === 'border' && border.edges, ['top', 'bottom', 'right']);
});

test('an int8 model and its float Reference: a real number equals the integer that stands for it', () => {
  for (const [a, b] of [
    [graph, basis.reference],
    [basis.reference, graph],
  ] as const) {
    const { tensors, pairing, equal } = compareGraphs(a, b, input);
    assert.equal([pairing.paired, equal], [10, false]);
    const [image, conv] = tensors;
    assert.is(image!.equal, image!.elements);
    assert.ok(conv!.equal > 0.7 * conv!.elements && !conv!.real, 'most are within half a step');
    for (const { tensor, sqnr_db } of tensors) assert.ok(sqnr_db! > 20, tensor);
  }
});

test('float models: tolerances, relative differences', () => {
  const { reference } = basis;
  const other = withTensor(reference, reference.nodes[0]!.inputs[2]!, ({ data }) => ({
    data: (data as Float32Array).map((value) => value * 1.001),
  }));
  const strict = compareGraphs(reference, other, input);
  const first = firstOf(strict);
  assert.equal([first.tensor, first.real, first.off_by_one, first.larger > 0], ['conv', true, null, true]);
  assert.ok(first.max_rel! > 0 && first.max_abs! < 0.01);
  assert.ok(compareGraphs(reference, other, input, { atol: 1 }).equal);
  assert.not.ok(compareGraphs(reference, other, input, { tolerance: 1e-9 }).equal);
});

test('models whose tensors have other names are paired in order, or by the names within them', () => {
  const renamed = (rename: (name: string) => string) => ({
    ...graph,
    tensors: new Map(
      [...graph.tensors.values()].map((t) => [rename(t.name), { ...t, name: rename(t.name) }]),
    ),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    inputs: graph.inputs.map(rename),
    outputs: graph.outputs.map(rename),
  });
  const strange = compareGraphs(
    graph,
    renamed((name) => `t_${name}`),
    input,
  );
  assert.equal([strange.pairing.method, strange.pairing.paired, strange.equal], ['order', 10, true]);
  const converted = renamed((name) => `net/${name}/Op;other`);
  for (const [a, b] of [
    [basis.reference, converted],
    [converted, basis.reference],
  ] as const) {
    const { pairing } = compareGraphs(a, b, input);
    assert.equal([pairing.method, pairing.paired], ['unique match', 10]);
  }
  const foreign = compareGraphs(graph, int8Net(2).basis.reference, input);
  assert.ok(!foreign.equal);
});
