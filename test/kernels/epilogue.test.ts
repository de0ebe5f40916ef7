import type { Graph, Node, Tensor } from '../../src/core/index.js';
import { buildProgram, compile, openPlace, withoutWeights } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';
import { countOf, floats, forRandomNumbers, oneOf, randomNumbers, tensor, upTo } from './layers.js';

const kernels = loadKernels()!;

const RELU = { negativeSlope: 0, threshold: 0 };
const RELUS = [
  { ...RELU, max: null },
  { ...RELU, max: 6 },
  { ...RELU, min: -1, max: 1, threshold: -1 },
];

/** A convolution, then a batch normalization, a ReLU, or both. */
function layers(
  next: () => number,
  behind: readonly ('batch_norm' | 'relu')[],
  relu: object = RELUS[0]!,
): Graph {
  const isDepthwise = next() < 0.4;
  const channels = upTo(next, 20);
  const outputs = isDepthwise ? channels : upTo(next, 20);
  const tensors: Tensor[] = [];
  const constant = (name: string, shape: readonly number[], positive = false): string => {
    const data = floats(next, countOf(shape));
    tensors.push(tensor(name, 'float32', shape, { data: positive ? data.map(Math.abs) : data }));
    return name;
  };
  const activation = (name: string): string => {
    tensors.push(tensor(name, 'float32', [1, 5, 4, name === 'x' ? channels : outputs]));
    return name;
  };
  const nodes: Node[] = [
    {
      op: isDepthwise ? 'depthwise_conv_2d' : 'conv_2d',
      attributes: { padding: 'same', strides: [1, 1], dilations: [1, 1], activation: 'none' },
      inputs: [
        activation('x'),
        constant('weights', isDepthwise ? [1, 3, 3, outputs] : [outputs, oneOf(next, 1, 3), 1, channels]),
        ...(next() < 0.5 ? [constant('bias', [outputs])] : []),
      ],
      outputs: [activation('convolved')],
    },
  ];
  for (const [i, op] of behind.entries())
    nodes.push({
      op,
      attributes: op === 'relu' ? { ...relu } : { epsilon: 1e-3 },
      inputs: [
        nodes.at(-1)!.outputs[0]!,
        ...(op === 'relu'
          ? []
          : ['gamma', 'beta', 'mean', 'variance'].map((name) =>
              constant(`${name}${i}`, [outputs], name === 'variance'),
            )),
      ],
      outputs: [activation(`${op}${i}`)],
    });
  return {
    name: 'layers',
    tensors: new Map(tensors.map((one) => [one.name, one])),
    nodes,
    inputs: ['x'],
    outputs: [nodes.at(-1)!.outputs[0]!],
  };
}

/** Runs a graph whose inner tensors nobody wants beside the reference kernels. @returns how many nodes were absorbed */
function absorbed(graph: Graph, next: () => number, wanted: readonly string[] = []): number {
  const input = floats(next, countOf(graph.tensors.get('x')!.shape), next() < 0.3);
  const program = buildProgram([graph], { kernels, meetings: [wanted.map((name) => [name])] });
  const bits = (values: Float32Array): Uint32Array =>
    Uint32Array.from(values, (value) => new Uint32Array(Float32Array.of(value).buffer)[0]!);
  const isNumber = (value: number): number => (Number.isNaN(value) ? NaN : value);
  const [slow] = compile([graph])[0]!.run([input]) as [Float32Array];
  for (const opened of [program, withoutWeights(program)]) {
    const [fast] = openPlace(opened).samples[0]![0]!.run([input]) as [Float32Array];
    assert.equal(bits(fast.map(isNumber)), bits(slow.map(isNumber)));
  }
  return program.plans[0]!.steps.filter((step) => step.absorbed).length;
}

test('a convolution does the batch normalization and the ReLU behind it: the same bits, one pass', () => {
  forRandomNumbers(150, (next) => {
    const behind = oneOf(next, ['batch_norm'], ['relu'], ['batch_norm', 'relu']) as ('batch_norm' | 'relu')[];
    assert.is(absorbed(layers(next, behind, oneOf(next, ...RELUS)), next), behind.length);
  });
});

test('what it cannot do, or what somebody looks at, stays a step of its own', () => {
  const next = randomNumbers(1);
  assert.is(absorbed(layers(next, ['batch_norm', 'relu']), next, ['convolved']), 0);
  assert.is(absorbed(layers(next, ['batch_norm', 'relu']), next, ['batch_norm0']), 1);
  assert.is(
    absorbed(layers(next, ['batch_norm', 'relu'], { ...RELU, max: null, negativeSlope: 0.1 }), next),
    1,
  );
  assert.is(absorbed(layers(next, ['batch_norm', 'batch_norm']), next), 1);
  assert.is(absorbed(layers(next, ['relu', 'batch_norm']), next), 1);
});
