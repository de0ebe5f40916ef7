import { type TensorData, tensorOf } from '../../src/core/index.js';
import { importTflite } from '../../src/import/tflite/index.js';
import { assert, test } from '../harness.js';
import {
  checksum,
  expectation,
  fixture,
  fixtureNames,
  randomInput,
  realModel,
  runGraph,
  unpacked,
  writtenTensors,
} from './tflite-files.js';

/** Largest difference of float32 tensors, relative to their largest value: TensorFlow Lite fuses some multiply-adds. */
const TOLERANCE = 1e-5;

/** Integers must be equal, floats may differ by the tolerance. */
function assertValues(actual: TensorData, expected: TensorData, where: string): void {
  assert.is(actual.constructor, expected.constructor, where);
  if (!(expected instanceof Float32Array)) {
    assert.equal(actual, expected, where);
    return;
  }
  assert.is(actual.length, expected.length, where);
  const limit = TOLERANCE * Math.max(1, ...expected.map(Math.abs));
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(Number(actual[i]) - expected[i]!) <= limit, `${where}, element ${i}`);
}

for (const name of fixtureNames()) {
  test(`${name}: every tensor is as TensorFlow Lite's reference kernels compute it`, () => {
    const { graph, layers } = importTflite(fixture(name), `${name}.tflite`);
    const written = runGraph(graph, unpacked(expectation(name).input));
    for (const { index, tensor, expected, where } of writtenTensors(name)) {
      const actual = written.get(tensor) ?? graph.tensors.get(tensor)?.data;
      const isAttribute = actual === undefined && !layers.some((layer) => layer.index === index);
      if (isAttribute) assert.not(expected instanceof Float32Array, where);
      else assertValues(actual!, expected, where);
    }
  });
}

for (const name of ['dense-16x8', 'merges-16x8'])
  test(`${name}: with tflite-2.20 numerics every integer is TensorFlow 2.21's, and with 2.15's some are not`, () => {
    const differing = (['tflite-2.15', 'tflite-2.20'] as const).map((numerics) => {
      const { graph } = importTflite(fixture(name), `${name}.tflite`, { numerics });
      const written = runGraph(graph, unpacked(expectation(name).input));
      return writtenTensors(name, `${name}_tflite-2.20`).filter(
        ({ tensor, expected }) => checksum([written.get(tensor)!]) !== checksum([expected]),
      ).length;
    });
    assert.ok(differing[0]! > 0);
    assert.is(differing[1], 0);
  });

test('weights in float16 or int8 are dequantized, and layers say so', () => {
  const formsOf = (name: string): readonly string[] =>
    importTflite(fixture(name), name).layers.map(({ className, storedAs }) => `${className} ${storedAs}`);
  assert.equal(
    formsOf('mobile-float16').filter((form) => form.endsWith('float16')),
    ['CONV_2D', 'DEPTHWISE_CONV_2D', 'CONV_2D', 'DEPTHWISE_CONV_2D', 'CONV_2D'].map(
      (name) => `${name} float16`,
    ),
  );
  assert.equal(formsOf('wide-dynamic'), [
    'CONV_2D int8 per channel',
    'DEPTHWISE_CONV_2D int8 per channel',
    'CONV_2D int8 per channel',
    'RESHAPE undefined',
    'FULLY_CONNECTED int8',
    'TANH undefined',
    'FULLY_CONNECTED int8',
  ]);
});

test('layers are the operators of the file; constants are views of it', () => {
  const bytes = fixture('dense-int8');
  const { graph, layers } = importTflite(bytes, 'dense-int8.tflite');
  assert.equal(
    layers.map(({ className, parameters }) => `${className} ${parameters}`),
    [
      'CONV_2D 114',
      'MAX_POOL_2D 0',
      'AVERAGE_POOL_2D 0',
      'RESHAPE 0',
      'FULLY_CONNECTED 660',
      'TANH 0',
      'FULLY_CONNECTED 117',
      'FULLY_CONNECTED 63',
      'LOGISTIC 0',
    ],
  );
  for (const node of graph.nodes)
    assert.is(layers.find(({ index }) => index === node.source!.index)!.name, node.source!.name);
  const convolution = graph.nodes[0]!;
  const [weights, bias] = convolution.inputs.slice(1).map((input) => tensorOf(graph, input));
  assert.is(weights!.data!.buffer, bytes.buffer);
  assert.is(weights!.quantization!.axis, 0);
  assert.is(weights!.quantization!.scales.length, 6);
  assert.is(bias!.dtype, 'int32');
  assert.is(bias!.quantization!.bits, 32);
});

test('a file that begins at an odd address gives the same network', () => {
  const bytes = fixture('dense-16x8');
  const moved = new Uint8Array(bytes.length + 1).subarray(1);
  moved.set(bytes);
  const { input } = expectation('dense-16x8');
  const outputs = [bytes, moved].map((file) => {
    const { graph } = importTflite(file, 'dense-16x8.tflite');
    return runGraph(graph, unpacked(input)).get(graph.outputs[0]!);
  });
  assert.equal(outputs[0], outputs[1]);
});

/** Operators and SHA-256 over all tensors that TensorFlow 2.15.1's reference kernels write for seed 1. */
const REAL_MODELS = {
  'mobilenet_v1_025_224_int8.tflite': {
    count: 35,
    sha256: 'ad411317c1f54c1e91519c6eff788357bd1235e190239ce2970ace5add9b59d3',
  },
  'mobilenet_v2_100_224_ptq.tflite': {
    count: 68,
    sha256: '43b910ab6038c7023fef598ee0caf13809022e29f8fe047daa74aa34efe179ec',
  },
} as const;

for (const [name, { count, sha256 }] of Object.entries(REAL_MODELS)) {
  const bytes = realModel(name);
  if (bytes === null) test(`${name} (skipped: QPANN_DATA has no such model)`, () => {});
  else
    test(`${name}: every tensor is as TensorFlow Lite's reference kernels compute it`, () => {
      const { graph, layers } = importTflite(bytes, name);
      assert.is(layers.length, count);
      const written = runGraph(graph, randomInput(graph, 1));
      assert.is(checksum(layers.map(({ tensor }) => written.get(tensor)!)), sha256);
    });
}

test('the option for a 32-bit bias means 32-bit sums, also where there is no bias', () => {
  const { graph } = importTflite(fixture('dense-16x8-bias32'), 'dense-16x8-bias32');
  const dense = graph.nodes.filter(({ op }) => op === 'fully_connected');
  assert.equal(
    dense.map(({ inputs, numerics }) => [inputs.length, numerics!.accumulatorBits]),
    [
      [3, 32],
      [3, 32],
      [2, 32],
    ],
  );
});
