import {
  type DType,
  elementCount,
  type Graph,
  type Numerics,
  type Quantization,
  type Tensor,
  type TensorData,
} from '../../src/core/index.js';
import { buildProgram, compile, openPlace, planGraph, withoutWeights } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { exportTflite } from '../../src/export/index.js';
import type { Border } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';
import {
  countOf,
  floats,
  forRandomNumbers,
  integers,
  type NodeCase,
  nodeCase,
  oneOf,
  randomNumbers,
  tensor,
  upTo,
} from '../kernels/layers.js';
import { type Layer, opOf, sizes } from '../kernels/weighted-layers.js';

const kernels = loadKernels()!;

type Precision = 'float32' | 'int8' | 'uint8' | 'int16';

const per = (scale: number, zeroPoint: number, dtype: DType, bits = 8): Quantization => ({
  scales: [Math.fround(scale)],
  zeroPoints: [zeroPoint],
  axis: null,
  bits,
  signed: dtype !== 'uint8',
});

/** Values of a type, and the range that they come from. */
const INTEGERS = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767] } as const;

/** A layer that does not pad, on an input called `padded`. */
function layerOf(layer: Layer, precision: Precision, next: () => number): NodeCase {
  const { input, weights, axis, attributes } = sizes(layer, next);
  const channels = weights[axis]!;
  const isFloat = precision === 'float32';
  const isWide = precision === 'int16';
  const activation = (): Omit<Tensor, 'name' | 'shape'> => {
    if (precision === 'float32') return { dtype: precision };
    const [least, most] = INTEGERS[precision];
    const zeroPoint = isWide ? 0 : oneOf(next, least, most, least + upTo(next, 254));
    return {
      dtype: precision,
      quantization: per(0.01 * (0.5 + next()), zeroPoint, precision, isWide ? 16 : 8),
    };
  };
  const dtype = isFloat ? precision : precision === 'uint8' ? 'uint8' : 'int8';
  const weightZero = precision === 'uint8' ? upTo(next, 254) : 0;
  const biases = integers(next, 'int32', channels, [-20000, 20000]);
  const bias = isFloat
    ? floats(next, channels)
    : isWide
      ? BigInt64Array.from(biases as Int32Array, BigInt)
      : biases;
  const inputs: Tensor[] = [
    { name: 'padded', shape: input, ...activation() },
    tensor('weights', dtype, weights, {
      ...(!isFloat && { quantization: per(0.01, weightZero, dtype) }),
      data:
        dtype === 'float32'
          ? floats(next, countOf(weights))
          : integers(next, dtype, countOf(weights), INTEGERS[dtype]),
    }),
    tensor('bias', isFloat ? 'float32' : isWide ? 'int64' : 'int32', [channels], { data: bias }),
  ];
  const numerics: Numerics = { rounding: oneOf(next, 'nearest', 'floor'), accumulatorBits: isWide ? 64 : 32 };
  return nodeCase(opOf(layer), { ...attributes, padding: 'valid' }, inputs, activation(), [], numerics);
}

/** The same with a node in front that pads `image`. @param value of the padding; TensorFlow Lite's PAD has none */
function withPad({ graph }: NodeCase, paddings: readonly Border[], value?: number): Graph {
  const padded = graph.tensors.get('padded')!;
  const shape = padded.shape.map((size, d) => size - paddings[d]![0] - paddings[d]![1]);
  const attributes = { paddings, ...(value !== undefined && { value }) };
  return {
    ...graph,
    tensors: new Map([['image', { ...padded, name: 'image', shape }], ...graph.tensors]),
    nodes: [{ op: 'pad', attributes, inputs: ['image'], outputs: ['padded'] }, ...graph.nodes],
    inputs: ['image'],
  };
}

/** Borders of an image, each less than the window of its layer. */
function bordersOf({ graph }: NodeCase, next: () => number): readonly Border[] {
  const { shape } = graph.tensors.get('padded')!;
  const [{ attributes, inputs }] = graph.nodes as [Graph['nodes'][number]];
  const { dilations } = attributes as { readonly dilations: readonly number[] };
  const filter = graph.tensors.get(inputs[1]!)!.shape.slice(1, 3);
  const along = (d: 0 | 1): Border => {
    const most = (filter[d]! - 1) * dilations[d]!;
    const room = shape[1 + d]! - 1;
    const before = Math.min(Math.floor(next() * (most + 1)), room);
    return [before, Math.min(Math.floor(next() * (most + 1)), room - before)];
  };
  return [[0, 0], along(0), along(1), [0, 0]];
}

/** The bits of values; all NaN are one. */
const bits = (data: TensorData): Uint8Array => {
  const values = data instanceof Float32Array ? data.map((x) => (Number.isNaN(x) ? NaN : x)) : data.slice();
  return new Uint8Array(values.buffer);
};

/** Runs a graph of a pad and a layer as it is, and folded by reference and fast kernels. @returns the fast kernel */
function foldedEqualsPadded(graph: Graph, image: TensorData): string {
  const expected = bits(compile([graph])[0]!.run([image])[0]!);
  const programs = [
    buildProgram([graph], { meetings: [[]] }),
    buildProgram([graph], { kernels, meetings: [[]] }),
    withoutWeights(buildProgram([graph], { kernels, meetings: [[]], shared: true })),
  ];
  for (const program of programs) {
    const [model] = openPlace(program).samples[0]!;
    assert.is(model!.steps.length, 1, 'steps');
    assert.equal(bits(model!.run([image])[0]!), expected);
  }
  return programs[1]!.plans[0]!.steps[0]!.fast ?? 'reference';
}

const SPATIAL = [
  'conv_2d',
  'grouped conv_2d',
  'depthwise_conv_2d',
  '3x3 depthwise_conv_2d',
  '5x5 depthwise_conv_2d',
  'multiplied depthwise_conv_2d',
] as const;

/** The kernels of the layers that networks pad. */
const SERVED: Readonly<Record<Precision, readonly [conv: string, depthwise3x3: string]>> = {
  float32: ['conv_float32_4x8', 'depthwise_float32_4x4'],
  int8: ['conv_int8_4x8_dot16', 'depthwise_3x3_int8_8_dot16'],
  uint8: ['conv_int8_4x8_dot16', 'depthwise_3x3_int8_8_dot16'],
  int16: ['conv_int16_4x8_dot16', 'depthwise_int16_8_dot16'],
};

for (const precision of ['float32', 'int8', 'uint8', 'int16'] as const)
  test(`a convolution in ${precision} that pads its input itself gives the bits of a pad and a convolution`, () => {
    const served = new Map<Layer, Set<string>>(SPATIAL.map((layer) => [layer, new Set()]));
    forRandomNumbers(300, (next) => {
      const layer = oneOf(next, ...SPATIAL);
      const valid = layerOf(layer, precision, next);
      const graph = withPad(valid, bordersOf(valid, next), oneOf(next, undefined, 0, -0));
      const count = elementCount(graph.tensors.get('image')!.shape);
      const image =
        precision === 'float32'
          ? floats(next, count, next() < 0.3)
          : integers(next, precision, count, INTEGERS[precision], next() < 0.2);
      served.get(layer)!.add(foldedEqualsPadded(graph, image));
    });
    const [conv, depthwise] = SERVED[precision];
    assert.equal([...served.get('conv_2d')!], [conv]);
    assert.equal([...served.get('grouped conv_2d')!], [conv]);
    assert.equal([...served.get('3x3 depthwise_conv_2d')!], [depthwise]);
  });

const window = { strides: [2, 2], dilations: [1, 1], activation: 'none' };
const BORDERS: readonly Border[] = [
  [0, 0],
  [0, 1],
  [0, 1],
  [0, 0],
];

/** A 3×3 depthwise layer of stride 2 behind a pad, as networks have it. */
function example({
  precision = 'float32' as Precision,
  padding = 'valid',
  weight = 0.5,
  paddings = BORDERS,
  value = undefined as number | undefined,
} = {}): Graph {
  const quantized = precision === 'float32' ? {} : { quantization: per(0.5, 3, precision) };
  const layer = nodeCase(
    'depthwise_conv_2d',
    { ...window, padding },
    [
      tensor('padded', precision, [1, 7, 7, 2], quantized),
      tensor('weights', precision, [1, 3, 3, 2], {
        ...(precision !== 'float32' && { quantization: per(0.5, 0, precision) }),
        data:
          precision === 'float32'
            ? new Float32Array(18).fill(weight)
            : new Int8Array(18).fill(Math.round(weight)),
      }),
    ],
    { dtype: precision, ...quantized },
    [],
  );
  return withPad(layer, paddings, value);
}

/** Whether nothing is padded any more when only these tensors are looked at. */
const isFolded = (graph: Graph, lookedAt: readonly string[] = []): boolean =>
  planGraph(graph, true, [lookedAt]).steps.every(({ node }) => node.op !== 'pad');

const replace = (graph: Graph, name: string, facts: Partial<Tensor>): Graph => ({
  ...graph,
  tensors: new Map([...graph.tensors, [name, { ...graph.tensors.get(name)!, ...facts }] as const]),
});

test('a pad stays where a convolution cannot do its work', () => {
  assert.ok(isFolded(example()));
  assert.ok(isFolded(example({ precision: 'int8' })));
  assert.not.ok(isFolded(example({ padding: 'same' })), 'pads already');
  assert.not.ok(isFolded(example({ value: 1 })), 'another value');
  assert.not.ok(isFolded(example({ precision: 'int8', value: 1 })), 'another value of integers');
  const [none, one] = [
    [0, 0],
    [0, 1],
  ] as const;
  assert.not.ok(isFolded(example({ paddings: [none, one, one, one] })), 'channels');
  assert.not.ok(isFolded(example({ paddings: [none, one, [3, 0], none] })), 'as wide as the window');
  assert.not.ok(isFolded(example({ weight: Infinity })), '0·∞');
  assert.not.ok(isFolded(example({ weight: NaN })), '0·NaN');
  const unknown = replace(example(), 'weights', { data: undefined as never });
  assert.not.ok(isFolded({ ...unknown, inputs: ['image', 'weights'] }), 'unknown weights');
  const integer = example({ precision: 'int8' });
  assert.not.ok(isFolded(replace(integer, 'image', { quantization: per(0.5, 4, 'int8') })), 'zero points');
  assert.not.ok(isFolded(replace(integer, 'image', { quantization: per(0.25, 3, 'int8') })), 'scales');
  const beyond = { quantization: per(0.5, 200, 'int8') };
  assert.not.ok(isFolded(replace(replace(integer, 'image', beyond), 'padded', beyond)), 'no integer for 0');
});

test('a pad of batches stays', () => {
  const paddings: readonly Border[] = [[0, 1], ...BORDERS.slice(1)];
  const batches = replace(example(), 'padded', { shape: [2, 7, 7, 2] });
  const graph = withPad({ graph: { ...batches, nodes: batches.nodes.slice(1) }, inputs: [] }, paddings);
  assert.not.ok(isFolded(replace(graph, 'output', { shape: [2, 3, 3, 2] })));
});

test('a pad stays where somebody looks at it, and where not all of its readers can do its work', () => {
  const graph = example();
  assert.is(planGraph(graph, true).steps.length, 2, 'all is looked at');
  assert.not.ok(isFolded(graph, ['padded']), 'looked at');
  assert.ok(isFolded(graph, ['image', 'output']), 'others are looked at');
  assert.not.ok(isFolded({ ...graph, outputs: ['padded', 'output'] }), 'an output');
  assert.not.ok(isFolded({ ...graph, nodes: graph.nodes.slice(0, 1), outputs: [] }), 'nobody reads it');
  const [pad, layer] = graph.nodes as [Graph['nodes'][number], Graph['nodes'][number]];
  const second = (node: Partial<typeof layer>): Graph => ({
    ...replace(graph, 'second', { ...graph.tensors.get('output')!, name: 'second' }),
    nodes: [pad, layer, { ...layer, ...node, outputs: ['second'] }],
    outputs: ['output', 'second'],
  });
  assert.ok(isFolded(second({})), 'two convolutions');
  assert.not.ok(isFolded(second({ attributes: { ...layer.attributes, padding: 'same' } })), 'one pads more');
  const neg = replace(second({ op: 'neg', inputs: ['padded'] }), 'second', { shape: [1, 7, 7, 2] });
  assert.not.ok(isFolded(neg), 'another operator');
});

test('weights that are padded stay so', () => {
  const graph = example();
  const twice = { ...graph.nodes[1]!, op: 'conv_2d', inputs: ['padded', 'padded'] };
  const shaped = replace(graph, 'output', { shape: [1, 1, 1, 1] });
  assert.not.ok(isFolded({ ...shaped, nodes: [graph.nodes[0]!, twice] }));
});

test('a folded network is not another network: the arena is smaller, taps and traces see the layer', () => {
  const graph = example({ precision: 'int8' });
  const [before, after] = [planGraph(graph), planGraph(graph, false, [])];
  assert.ok(after.arenaBytes < before.arenaBytes);
  assert.equal(
    [...after.writtenAt],
    [
      ['image', -1],
      ['output', 0],
    ],
  );
  assert.not.ok(after.offsets.has('padded'));
  const [model] = openPlace(buildProgram([graph], { kernels, meetings: [[]] })).samples[0]!;
  const image = integers(randomNumbers(1), 'int8', 72, [-128, 127]);
  const expected = [...compile([graph])[0]!.run([image])[0]!];
  const trace = { accumulators: new Float64Array(18), beforeClamp: new Float64Array(18) };
  const seen: string[] = [];
  model!.run([image], { tap: ({ name }) => seen.push(name) });
  assert.equal(seen, ['image', 'output']);
  assert.equal([...model!.run([image], { trace: () => trace })[0]!], expected);
  assert.ok(trace.accumulators.some((sum) => sum !== 0));
});

test('padding that only the engine knows is written to no file', () => {
  const { graph } = planGraph(example({ precision: 'int8' }), false, []);
  assert.throws(() => exportTflite(graph), /has explicit padding/);
});
