import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNpy, encodeNpy } from '../../src/formats/npy.js';
import { assert, test } from '../harness.js';
import { expectation, unpacked } from '../import/tflite-files.js';
import { noisyValues } from '../networks.js';
import { networkFile, newFile, newPath, ROOT, refuse, succeed, TINY } from './qpann.js';

const MOBILE = join(ROOT, 'fixtures/tflite/mobile-int8.tflite');
const FLOAT = join(ROOT, 'fixtures/tflite/mobile-float.tflite');
const KERAS = TINY.model_file;
const IMAGE = join(ROOT, 'fixtures/images/rgb.jpg');

const samples = unpacked(expectation('mobile-int8').input) as Int8Array;
const shape = [1, 13, 12, 3];
const input = newFile('x.npy', encodeNpy({ shape, data: samples }));
const keras = newFile('keras.npy', encodeNpy({ shape: [2, 10, 10, 3], data: noisyValues(1, 600) }));

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(npy|hex|h|json|csv)$/.test(file))
    .sort();

/** Runs `qpann vectors` into a new directory. @returns its path */
async function vectors(model: string, ...args: string[]): Promise<string> {
  const out = newPath();
  assert.match(await succeed('vectors', model, ...args, '-o', out), `Written to ${out}`);
  return out;
}

test('vectors writes every operator, and a manifest with digests of all files', async () => {
  const out = await vectors(MOBILE, '--input', input);
  const manifest = manifestOf(out);
  assert.is(manifest.schema, 'qpann.vectors/1');
  assert.is(manifest.model.sha256, createHash('sha256').update(readFileSync(MOBILE)).digest('hex'));
  assert.equal(manifest.input.sample, 0);
  const records = [
    ...manifest.files,
    ...manifest.operators.flatMap((operator: { files: object[]; arrays: { files: object[] }[] }) => [
      ...operator.files,
      ...operator.arrays.flatMap(({ files }) => files),
    ]),
  ];
  for (const { file, bytes, sha256 } of records) {
    const content = readFileSync(join(out, file));
    assert.equal([content.length, createHash('sha256').update(content).digest('hex')], [bytes, sha256], file);
  }
  assert.equal([...records.map(({ file }) => file), 'manifest.json'].sort(), filesIn(out));
  assert.is(manifest.operators.length, 10);
  const { arrays, geometry, attributes, requantization, numerics, ...names } = manifest.operators[0];
  assert.equal([names.index, names.class, names.op], [0, 'CONV_2D', 'conv_2d']);
  assert.equal([attributes.strides, attributes.activation], [[2, 2], 'relu6']);
  assert.equal([geometry.pad_top, geometry.pad_bottom, geometry.pad_left, geometry.pad_right], [1, 1, 0, 1]);
  assert.is(numerics.rounding, 'nearest');
  assert.is(requantization.rescales.output.multipliers.length, 8);
  assert.equal(arrays[1].quantization.axis, 0);
  const output = decodeNpy(readFileSync(join(out, arrays.at(-1).files[0].file)), 'output');
  assert.equal(output.data, unpacked(expectation('mobile-int8').operators[0]!));
});

test('the same command gives the same bytes', async () => {
  const [a, b] = [await vectors(MOBILE, '--input', input), await vectors(MOBILE, '--input', input)];
  assert.equal(filesIn(a), filesIn(b));
  for (const file of filesIn(a)) assert.equal(readFileSync(join(a, file)), readFileSync(join(b, file)), file);
});

test('operators are chosen by index, range, class, operator, name and glob', async () => {
  const indices = async (layers: string): Promise<number[]> => {
    const out = await vectors(MOBILE, '--input', input, '--layers', layers, '--format', 'hex');
    return manifestOf(out).operators.map(({ index }: { index: number }) => index);
  };
  assert.equal(await indices('0,4-6'), [0, 4, 5, 6]);
  assert.equal(await indices('DEPTHWISE_CONV_2D'), [1, 5]);
  assert.equal(await indices('depthwise_conv2d, model/add/add'), [1, 3, 5]);
  assert.equal(await indices('*pooling*'), [6]);
});

test('--format and --sample', async () => {
  const two = newFile('two.npy', encodeNpy({ shape: [2, ...shape.slice(1)], data: twice() }));
  const args = ['--layers', '0', '--format', 'c,npy'];
  const first = await vectors(MOBILE, '--input', two, ...args);
  const second = await vectors(MOBILE, '--input', two, '--sample', '1', ...args);
  assert.equal([...new Set(filesIn(first).map((file) => file.replace(/.*\./, '')))].sort(), [
    'csv',
    'h',
    'json',
    'npy',
  ]);
  const read = (folder: string) => {
    const [file] = filesIn(folder).filter((name) => name.endsWith('/input.npy'));
    return decodeNpy(readFileSync(join(folder, file!)), 'input');
  };
  assert.equal(read(first).data, samples);
  assert.equal(read(second), { shape, data: samples.map((value) => -1 - value) });
});

/** The sample, and one that is everywhere different from it. */
function twice(): Int8Array {
  return Int8Array.from([...samples, ...samples.map((value) => -1 - value)]);
}

test('vectors of an image', async () => {
  const out = await vectors(MOBILE, '--input', IMAGE, '--mode', 'none', '--layers', '0', '--format', 'npy');
  assert.equal(manifestOf(out).input.preprocess, { resize: 'bilinear', crop_fraction: null, mode: 'none' });
});

test('a float network is quantized, or recreated, as configs say', async () => {
  const network = networkFile({ ...TINY, validation_labels: 'not needed', calibration_batch_size: 2 });
  const whole = manifestOf(await vectors(KERAS, '--input', keras, '--network', network, '--format', 'npy'));
  assert.ok(whole.operators.some(({ requantization }: { requantization?: object }) => requantization));
  assert.is(whole.network.file, network.replace(/.*\//, ''));
  const entries = [{ name: 'conv2d', all: true, weight_bits: 4, rounding_div: false }];
  const args = ['--network', network, '--recreation', newFile('r.json', JSON.stringify(entries))];
  const out = await vectors(KERAS, '--input', keras, ...args, '--layers', 'Conv2D', '--format', 'npy');
  for (const { op, numerics, arrays } of manifestOf(out).operators) {
    assert.equal([op, numerics.rounding], ['conv_2d', 'floor']);
    assert.is(arrays[1].quantization.bits, 4);
  }
});

const REFUSED: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
  [
    'no such layer',
    [MOBILE, '--layers', '77'],
    /77 chooses no operator; there are 0 CONV_2D, 1 DEPTHWISE_CONV_2D, 2 CONV_2D, …/,
  ],
  ['an empty choice', [MOBILE, '--layers', ','], /chooses no operator/],
  ['a sample that is not there', [MOBILE, '--sample', '1'], /x\.npy has 1 sample, numbered from 0/],
  ['a negative sample', [MOBILE, '--sample', '-1'], /--sample -1: expected a whole number from 0/],
  ['another format', [MOBILE, '--format', 'npy,vhdl'], /vhdl is none of npy, hex, c/],
  ['a float network', [FLOAT], /is a float network; give --network/],
  ['recreation without a network', [MOBILE, '--recreation', 'r.yaml'], /--recreation needs --network/],
  ['a missing model', ['nowhere.tflite'], /nowhere\.tflite: cannot read the model: no such file/],
];
for (const [what, args, message] of REFUSED)
  test(`vectors refuses ${what}`, async () => {
    const out = newPath();
    assert.match(await refuse(2, 'vectors', ...args, '--input', input, '-o', out), message);
    assert.not.ok(existsSync(out) || existsSync(`${out}.partial`));
  });

test('vectors does not replace what is not its own', async () => {
  const out = await vectors(MOBILE, '--input', input, '--layers', '0');
  assert.match(await refuse(2, 'vectors', MOBILE, '--input', input, '-o', out), /exists already/);
  await succeed('vectors', MOBILE, '--input', input, '--layers', '1', '--force', '-o', out);
  assert.equal(
    manifestOf(out).operators.map(({ index }: { index: number }) => index),
    [1],
  );
});
