import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { elementCount, QpannError, type Shape, type TensorData, tensorOf } from '../../../src/core/index.js';
import { encodeNpy } from '../../../src/data/index.js';
import { compile } from '../../../src/engine/index.js';
import type { DumpFile } from '../../../src/eval/compare/dump.js';
import { pairDump } from '../../../src/eval/compare/pair-dump.js';
import {
  type CompareOptions,
  type Comparison,
  compareWith,
  fileStem,
  otherDump,
  type Pattern,
  runOnBatch,
} from '../../../src/eval/index.js';
import { importTflite } from '../../../src/import/index.js';
import { newPath } from '../../cli/qpann.js';
import { assert, test } from '../../harness.js';
import { fixture, randomInput } from '../../import/tflite-files.js';
import { deepNet, withTensor } from './variants.js';

const SAMPLES = 3;
const { graph } = importTflite(fixture('mobile-int8'), 'mobile-int8.tflite');
const sampleShape = tensorOf(graph, graph.inputs[0]!).shape.slice(1);
const input = {
  shape: [SAMPLES, ...sampleShape],
  data: new Int8Array(
    [1, 2, 3].flatMap((seed) => Array.from(randomInput(graph, seed) as Int8Array)),
  ) as TensorData,
};
const { tensors: RUN } = runOnBatch(graph, input, 'x', { all: true });
const nameOf = (part: RegExp): string => RUN.find(({ name }) => part.test(name))!.name;
const PROJECT = nameOf(/^model\/conv2d_1/);

interface Dumped {
  readonly shape: Shape;
  readonly data: TensorData;
}
type Files = ReadonlyMap<string, Dumped>;

/** The run, by file name. */
const files = (fileOf: (name: string, i: number) => string): Files =>
  new Map(RUN.map(({ name, shape, data }, i) => [fileOf(name, i), { shape, data }]));

function write(dump: Files, manifest?: object): string {
  const folder = newPath('dump');
  for (const [file, tensor] of dump) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), encodeNpy(tensor));
  }
  if (manifest) writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

const compareDump = async (
  folder: string,
  options: Partial<CompareOptions> = {},
  a = graph,
): Promise<Comparison> => {
  const side = await otherDump(a, folder, SAMPLES);
  const settings = { isolate: false, tolerance: 0, atol: 0, ...options };
  return compareWith({ name: 'A', graph: a }, input, 'x', side, settings);
};

const plain = files((name) => `${fileStem(name)}.npy`);

const NAMINGS: readonly (readonly [what: string, folder: () => string, method: string])[] = [
  ['file names', () => write(plain), 'name'],
  [
    'numbered file names in a folder',
    () => write(files((name, i) => `tensors/${String(i).padStart(4, '0')}_${fileStem(name)}.npy`)),
    'name',
  ],
  ['other numbers', () => write(files((name, i) => `${100 - i}_${fileStem(name)}.npy`)), 'name'],
  ['a manifest', () => writeWithManifest(), 'name'],
  ['order, without numbers of equal length', () => write(files((_, i) => `step${i}.npy`)), 'order'],
];
function writeWithManifest(): string {
  const tensors = RUN.map(({ name }, i) => ({ file: `t/${(i * 7) % 11}.npy`, name }));
  return write(
    files((name) => tensors.find((entry) => entry.name === name)!.file),
    { tensors },
  );
}

for (const [what, folder, method] of NAMINGS)
  test(`a whole dump is paired by ${what}`, async () => {
    const { pairing, equal } = await compareDump(folder());
    assert.equal([pairing.method, pairing.paired, equal], [method, RUN.length, true]);
    assert.equal(pairing.unpaired_b, []);
  });

test('a dump without the input is paired in order; one of another length is not', async () => {
  const named = files((_, i) => `${i}.npy`);
  const some = new Map([...named].slice(1));
  assert.equal((await compareDump(write(some))).pairing.paired, RUN.length - 1);
  assert.match(
    await refusal(write(new Map([...named].slice(3)))),
    /none of its \d+ \.npy files is called as/,
  );
});

test('of some tensors only these are compared; the output beside them counts once', async () => {
  const output = RUN.at(-1)!;
  const wanted = [PROJECT, output.name].map((name) => `${fileStem(name)}.npy`);
  const some = new Map([...plain].filter(([file]) => wanted.includes(file)));
  const folder = write(new Map([...some, ['output_0.npy', output], ['notes.npy', output]]));
  const { pairing, equal } = await compareDump(folder);
  assert.equal([pairing.paired, pairing.tensors_b, pairing.unpaired_b], [2, 3, ['notes.npy']]);
  assert.ok(equal);
  assert.is((await compareDump(write(new Map([['output_0.npy', output]])))).pairing.paired, 1);
});

test('names of a Keras model find the files whose paths hold them', () => {
  const reference = deepNet(1).graph;
  const file = (path: string, name: string | null = null): DumpFile => ({
    path,
    name,
    read: () => Promise.reject(new Error('not read')),
  });
  const files = [
    file('net/conv_relu/Relu6.npy'),
    file('net/conv/Conv2D.npy'),
    file('7.npy', 'net/sum/add;x'),
    file('net/last/a.npy'),
    file('net/last/b.npy'),
  ];
  const { method, files: found } = pairDump(reference, files);
  assert.is(method, 'unique match');
  assert.equal(
    [...found].map(([name, { path }]) => [name, path]),
    [
      ['conv_relu', 'net/conv_relu/Relu6.npy'],
      ['conv', 'net/conv/Conv2D.npy'],
      ['sum', '7.npy'],
    ],
  );
});

const changed = (name: string, change: (dumped: Dumped) => Dumped): string =>
  write(new Map([...plain].map(([file, t]) => [file, file === `${fileStem(name)}.npy` ? change(t) : t])));
const mapped =
  (change: (value: number, i: number, all: Int8Array) => number) =>
  ({ shape, data }: Dumped): Dumped => ({ shape, data: (data as Int8Array).map(change) });
const saturate = (value: number): number => Math.min(127, Math.max(-128, value));
const zeroPoint = (name: string): number => tensorOf(graph, name).quantization!.zeroPoints[0]!;

/** Moves a dimension of an image to another place. */
function transposed({ shape, data }: Dumped, order: readonly number[]): Dumped {
  const strides = shape.map((_, d) => elementCount(shape.slice(d + 1)));
  const sizes = order.map((d) => shape[d]!);
  const result = (data as Int8Array).map((_, i) => {
    let [rest, at] = [i, 0];
    for (let d = sizes.length - 1; d >= 0; d--) {
      at += (rest % sizes[d]!) * strides[order[d]!]!;
      rest = Math.floor(rest / sizes[d]!);
    }
    return (data as Int8Array)[at]!;
  });
  return { shape: sizes, data: result };
}

const pixelOf = (i: number, [, height, width, channels]: Shape) => ({
  row: Math.floor(i / (width! * channels!)) % height!,
  column: Math.floor(i / channels!) % width!,
});

/** What goes wrong in hardware, made from a correct dump, and what is said about it. */
const BROKEN: readonly (readonly [what: string, folder: () => string, kinds: readonly Pattern['kind'][]])[] =
  [
    [
      'a zero point',
      () =>
        changed(
          PROJECT,
          mapped((q) => saturate(q + 3)),
        ),
      ['zero point'],
    ],
    [
      'a shift',
      () =>
        changed(
          PROJECT,
          mapped((q) => Math.round((q - zeroPoint(PROJECT)) / 2) + zeroPoint(PROJECT)),
        ),
      ['shift'],
    ],
    [
      'a scale',
      () =>
        changed(
          PROJECT,
          mapped((q) => Math.round((q - zeroPoint(PROJECT)) * 0.7) + zeroPoint(PROJECT)),
        ),
      ['scale'],
    ],
    [
      'bytes read without their sign',
      () => changed(PROJECT, ({ shape, data }) => ({ shape, data: new Uint8Array(data as Int8Array) })),
      ['signedness'],
    ],
    [
      'uint8 for int8',
      () =>
        changed(PROJECT, ({ shape, data }) => ({
          shape,
          data: Uint8Array.from(data as Int8Array, (q) => q + 128),
        })),
      ['signedness'],
    ],
    [
      'a clamp too many',
      () =>
        changed(
          PROJECT,
          mapped((q) => Math.max(q, zeroPoint(PROJECT))),
        ),
      ['clamp'],
    ],
    ['NCHW', () => changed(PROJECT, (t) => transposed(t, [0, 3, 1, 2])), ['layout']],
    [
      'NCHW under the shape of NHWC',
      () => changed(PROJECT, (t) => ({ ...transposed(t, [0, 3, 1, 2]), shape: t.shape })),
      ['layout'],
    ],
    ['rows for columns', () => changed(PROJECT, (t) => transposed(t, [0, 2, 1, 3])), ['layout']],
    [
      'channels backwards',
      () =>
        changed(
          PROJECT,
          mapped((_, i, all) => all[i - (i % 8) + 7 - (i % 8)]!),
        ),
      ['layout'],
    ],
    [
      'the last row',
      () =>
        changed(PROJECT, (t) => mapped((q, i) => (pixelOf(i, t.shape).row === 6 ? (q * 7 + i) % 99 : q))(t)),
      ['border'],
    ],
    [
      'one channel',
      () =>
        changed(
          PROJECT,
          mapped((q, i) => (i % 8 === 2 ? (q * 5 + i) % 90 : q)),
        ),
      ['part'],
    ],
    [
      'a buffer of zeros',
      () =>
        changed(
          PROJECT,
          mapped(() => 0),
        ),
      ['constant'],
    ],
    [
      'the second sample',
      () =>
        changed(
          PROJECT,
          mapped((q, i) => (i >= 336 && i < 672 ? (q * 5 + i) % 90 : q)),
        ),
      ['part'],
    ],
  ];
for (const [what, folder, kinds] of BROKEN)
  test(`a dump broken by ${what} is recognized`, async () => {
    const comparison = await compareDump(folder());
    const { first, tensors } = comparison;
    assert.is(first, PROJECT);
    const { patterns, cause } = tensors.find(({ tensor }) => tensor === first)!;
    assert.ok(cause);
    assert.equal(
      patterns.map(({ kind }) => kind),
      kinds,
    );
    assert.is(tensors.filter((tensor) => tensor.equal < tensor.elements).length, 1);
  });

test('wrapping around in the place of saturation is recognized', async () => {
  const narrow = withTensor(graph, PROJECT, ({ quantization: own }) => ({
    quantization: { ...own!, scales: [own!.scales[0]! / 4] },
  }));
  const [model] = compile([narrow]);
  const size = input.data.length / SAMPLES;
  const { data } = plain.get(`${fileStem(PROJECT)}.npy`)!;
  const length = data.length / SAMPLES;
  const wrapped = new Int8Array(data.length);
  for (let sample = 0; sample < SAMPLES; sample++) {
    const trace = { accumulators: new Float64Array(length), beforeClamp: new Float64Array(length) };
    model!.run([input.data.subarray(sample * size, (sample + 1) * size) as TensorData], {
      trace: ({ name }) => (name === PROJECT ? trace : undefined),
    });
    wrapped.set(trace.beforeClamp, sample * length);
  }
  const folder = changed(PROJECT, ({ shape }) => ({ shape, data: wrapped }));
  const { tensors } = await compareDump(folder, {}, narrow);
  const project = tensors.find(({ tensor }) => tensor === PROJECT)!;
  assert.equal(
    project.patterns.map(({ kind }) => kind),
    ['wrapped'],
  );
});

test('a dump may leave out dimensions of one element, be flat, wider, or hold real numbers', async () => {
  const forms: readonly ((dumped: Dumped) => Dumped)[] = [
    ({ shape, data }) => ({ shape: [elementCount(shape)], data }),
    ({ shape, data }) => ({ shape: [...shape, 1], data }),
    ({ shape, data }) => ({ shape, data: Int32Array.from(data as Int8Array) }),
    ({ shape, data }) => ({ shape, data: BigInt64Array.from(data as Int8Array, (q) => BigInt(q)) }),
    ({ shape, data }) => ({ shape, data: Float32Array.from(data as Int8Array) }),
    ({ shape, data }) => {
      const { scales, zeroPoints } = tensorOf(graph, PROJECT).quantization!;
      return { shape, data: Float32Array.from(data as Int8Array, (q) => scales[0]! * (q - zeroPoints[0]!)) };
    },
  ];
  for (const [i, form] of forms.entries())
    for (const isolate of [false, true])
      assert.ok((await compareDump(changed(PROJECT, form), { isolate })).equal, `form ${i}`);
});

test('samples that are missing, and values beyond the type', async () => {
  const fewer = changed(PROJECT, ({ shape, data }) => ({
    shape: [1, ...shape.slice(1)],
    data: data.slice(0, data.length / SAMPLES),
  }));
  const { tensors, first } = await compareDump(fewer);
  const project = tensors.find(({ tensor }) => tensor === PROJECT)!;
  assert.is(first, PROJECT);
  assert.equal([project.equal, project.max_abs, project.first], [0, null, null]);
  const wide = changed(PROJECT, ({ shape, data }) => ({
    shape,
    data: Int32Array.from(data as Int8Array, (q) => q * 9),
  }));
  const isolated = await compareDump(wide, { isolate: true });
  assert.is(isolated.first, PROJECT);
});

test('--isolate tells a culprit from what follows', async () => {
  const spoil = mapped((q, i) => saturate(q + ((i * 7) % 3) - 1));
  const spoilt = runOnBatch(graph, input, 'x', {
    all: true,
    forced: new Map([[PROJECT, spoil(plain.get(`${fileStem(PROJECT)}.npy`)!).data]]),
  });
  const dump = new Map(spoilt.tensors.map((tensor) => [`${fileStem(tensor.name)}.npy`, tensor]));
  dump.set(`${fileStem(PROJECT)}.npy`, {
    ...dump.get(`${fileStem(PROJECT)}.npy`)!,
    ...spoil(plain.get(`${fileStem(PROJECT)}.npy`)!),
  });
  const folder = write(dump);
  const differing = ({ tensors }: Comparison): number =>
    tensors.filter((tensor) => tensor.equal < tensor.elements).length;
  assert.ok(differing(await compareDump(folder)) > 4);
  const isolated = await compareDump(folder, { isolate: true });
  assert.equal([differing(isolated), isolated.first], [1, PROJECT]);
});

async function refusal(folder: string): Promise<string> {
  try {
    await otherDump(graph, folder, SAMPLES);
  } catch (error) {
    assert.instance(error, QpannError);
    assert.not.match((error as Error).message, '\n');
    return (error as Error).message;
  }
  assert.unreachable('was accepted');
  return '';
}

test('folders that are no dump are refused', async () => {
  assert.match(await refusal(newPath('nowhere')), /nowhere: cannot be read as a folder/);
  const empty = newPath('empty');
  mkdirSync(empty);
  assert.match(await refusal(empty), /holds no \.npy file/);
  const damaged = write(plain);
  writeFileSync(join(damaged, `${fileStem(PROJECT)}.npy`), 'no array');
  assert.match(await refusal(damaged), /conv2d_1.*: not a \.npy file/);
  writeFileSync(join(damaged, `${fileStem(PROJECT)}.npy`), new Uint8Array(1e6));
  assert.match(await refusal(damaged), /has 1000000 bytes, more than the tensor needs/);
  const manifest = write(plain);
  writeFileSync(join(manifest, 'manifest.json'), '{');
  assert.match(await refusal(manifest), /manifest\.json: not valid JSON/);
  for (const text of ['null', '[]', '{"tensors":[null,3,{"file":1}]}']) {
    writeFileSync(join(manifest, 'manifest.json'), text);
    assert.is((await otherDump(graph, manifest, SAMPLES)).pairing.paired, RUN.length);
  }
});
