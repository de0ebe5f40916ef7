import { type Node, quantizeMultiplier, sameQuantization, type TensorData } from '../../src/core/index.js';
import { compile } from '../../src/engine/index.js';
import {
  captureVectors,
  cHeader,
  encodeHex,
  estimatedBytes,
  folderNames,
  type GoldenVector,
  requantCard,
  vectorFiles,
} from '../../src/export/index.js';
import { decodeNpy } from '../../src/formats/npy.js';
import { importTflite } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { expectation, fixture, fixtureNames, unpacked, writtenTensors } from '../import/tflite-files.js';

/** Vectors of every operator of a fixture, on the input that TensorFlow Lite got. */
function vectorsOf(name: string): GoldenVector[] {
  const { graph } = importTflite(fixture(name), name);
  return captureVectors(compile([graph])[0]!, [unpacked(expectation(name).input)], new Set(graph.nodes));
}

/** What `$readmemh` would put into a memory of words as wide as the elements, as two's complement. */
function readHex(text: string, { BYTES_PER_ELEMENT: width }: TensorData): bigint[] {
  const lines = text.split('\n');
  assert.is(lines.pop(), '', 'ends with a line feed');
  return lines.map((line) => {
    assert.match(line, new RegExp(`^[0-9a-f]{${2 * width}}$`));
    return BigInt.asIntN(8 * width, BigInt(`0x${line}`));
  });
}

/** The bits of each element, as two's complement. */
function bitsOf(data: TensorData): bigint[] {
  const { buffer, byteOffset, length } = data;
  if (data instanceof Float32Array) return bitsOf(new Int32Array(buffer, byteOffset, length));
  return Array.from<number | bigint, bigint>(data, (value) =>
    BigInt.asIntN(8 * data.BYTES_PER_ELEMENT, BigInt(value)),
  );
}

for (const name of fixtureNames()) {
  test(`${name}: hex, read back, is the .npy`, () => {
    for (const vector of vectorsOf(name)) {
      const files = new Map([...vectorFiles(vector, ['npy', 'hex'], name)].map((f) => [f.name, f.content]));
      assert.is(files.size, 2 * vector.arrays.length);
      for (const { role, shape, data } of vector.arrays) {
        const npy = decodeNpy(files.get(`${role}.npy`)!, role);
        assert.equal([npy.shape, npy.data], [[...shape], data.slice()], role);
        assert.equal(readHex(new TextDecoder().decode(files.get(`${role}.hex`)), npy.data), bitsOf(npy.data));
      }
    }
  });

  test(`${name}: outputs are TensorFlow Lite's`, () => {
    const outputs = new Map(
      vectorsOf(name).map(({ node, arrays }) => [node.outputs[0], arrays.at(-1)!.data]),
    );
    for (const { tensor, expected, where } of writtenTensors(name)) {
      const data = outputs.get(tensor);
      if (data !== undefined && !(data instanceof Float32Array)) assert.equal(data.slice(), expected, where);
    }
  });
}

test('a vector has everything that a port needs', () => {
  const [convolution] = vectorsOf('mobile-int8');
  const { arrays, geometry, requantization } = convolution!;
  assert.equal(
    arrays.map(({ role, dtype, layout }) => [role, dtype, layout]),
    [
      ['input', 'int8', 'NHWC'],
      ['weights', 'int8', 'OHWI'],
      ['bias', 'int32', 'O'],
      ['accumulator', 'int32', 'NHWC'],
      ['before_clamp', 'int32', 'NHWC'],
      ['output', 'int8', 'NHWC'],
    ],
  );
  for (const key of ['padTop', 'padBottom', 'padLeft', 'padRight', 'strideHeight', 'dilationWidth'])
    assert.type(geometry[key], 'number', key);
  assert.is([requantization!.rescales.output].flat().length, arrays.at(-1)!.shape.at(-1));
  const wide = vectorsOf('mobile-16x8')[0]!;
  assert.equal(
    wide.arrays.map(({ dtype }) => dtype),
    ['int16', 'int8', 'int64', 'int64', 'int32', 'int16'],
  );
});

test('every operator that computes says with which numbers, and traces before the clamp or looks up a table', () => {
  for (const name of fixtureNames().filter((fixtureName) => !fixtureName.endsWith('float')))
    for (const { node, site, requantization, arrays } of vectorsOf(name)) {
      const [input] = site.inputs;
      const { dtype, quantization } = site.outputs[0]!;
      const isMove = sameQuantization(input!.quantization, quantization);
      const isPlain = input!.dtype === 'float32' || dtype === 'float32' || quantization === undefined;
      if (requantization === undefined) assert.ok(isMove || isPlain, `${name}: ${node.op}`);
      assert.is(
        arrays.some(({ role }) => role === 'accumulator'),
        requantization?.accumulator !== undefined,
      );
    }
});

test('the requant card gives back every factor, and its fixed-point form', () => {
  const vectors = vectorsOf('mobile-int8');
  const [header, ...rows] = requantCard(vectors)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const column = (row: readonly string[], name: string): string => row[header!.indexOf(name)]!;
  const convolution = rows.filter((row) => row[0] === '0');
  assert.is(convolution.length, 8);
  const { rescales, clamp } = vectors[0]!.requantization!;
  for (const [channel, row] of convolution.entries()) {
    const { factor, multiplier, shift } = [rescales.output!].flat()[channel]!;
    assert.is(Number(column(row, 'M')), factor);
    assert.equal(quantizeMultiplier(factor), { multiplier, shift });
    assert.equal(
      ['channel', 'multiplier', 'shift', 'clamp_min', 'clamp_max'].map((name) => Number(column(row, name))),
      [channel, multiplier, shift, clamp.min, clamp.max],
    );
  }
  const sums = rows.filter((row) => row[0] === '3');
  assert.equal(
    sums.map((row) => column(row, 'rescale')),
    ['a', 'b', 'output'],
  );
  assert.match(column(sums[0]!, 'input_zero_points'), /^-?\d+ -?\d+$/);
});

test('hex is two’s complement at the width of the type', () => {
  const hex = (data: TensorData): string => new TextDecoder().decode(encodeHex(data));
  assert.is(hex(Int8Array.of(-128, -1, 0, 127)), '80\nff\n00\n7f\n');
  assert.is(hex(Uint8Array.of(128, 255)), '80\nff\n');
  assert.is(hex(Int16Array.of(-2, 258)), 'fffe\n0102\n');
  assert.is(hex(Int32Array.of(-2147483648)), '80000000\n');
  assert.is(hex(BigInt64Array.of(-2n)), 'fffffffffffffffe\n');
  assert.is(hex(Float32Array.of(1, -0)), '3f800000\n80000000\n');
});

test('folders are distinct and harmless', () => {
  const node = (output: string, index?: number): Node => ({
    op: 'add',
    attributes: {},
    inputs: [],
    outputs: [output],
    ...(index !== undefined && { source: { index, name: output, className: 'ADD' } }),
  });
  const nodes = [
    node('a/b;c/d', 3),
    node('a_b', 3),
    node('A b', 3),
    node('../..'),
    node('x'.repeat(500), 12),
  ];
  assert.equal(
    [...folderNames(nodes).values()],
    ['003_a_b', '003_a_b-2', '003_A_b-3', '_._..', `012_${'x'.repeat(60)}`],
  );
});

test('names of tensors cannot leave the comment of a header', () => {
  const [vector] = vectorsOf('mobile-int8');
  const evil = {
    ...vector!,
    node: { ...vector!.node, source: { index: 0, name: '*/ #error /*', className: '??/' } },
  };
  const header = cHeader(evil, 'a*/b\n#error.tflite');
  assert.not.match(header, /#error|\?\?/);
});

test('the estimate of bytes is near what is written', () => {
  const vectors = vectorsOf('mobile-int8');
  for (const format of ['npy', 'hex', 'c'] as const) {
    const written = vectors
      .flatMap((vector) => [...vectorFiles(vector, [format], 'm')])
      .reduce((sum, { content }) => sum + content.length, 0);
    const estimated = estimatedBytes(vectors, [format]);
    assert.ok(estimated < 2 * written && written < 4 * estimated, `${format}: ${estimated} for ${written}`);
  }
});
