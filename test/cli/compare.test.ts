import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNpy, encodeNpy } from '../../src/data/index.js';
import { assert, test } from '../harness.js';
import { noisyValues } from '../networks.js';
import { newFile, newPath, qpann, ROOT, refuse, succeed } from './qpann.js';

const MODEL = join(ROOT, 'fixtures/tflite/mobile-int8.tflite');
const FLOAT = join(ROOT, 'fixtures/tflite/mobile-float.tflite');
const KERAS = join(ROOT, 'fixtures/keras/sequential-keras2.h5');
const shape = [2, 13, 12, 3];
const input = newFile('x.npy', encodeNpy({ shape, data: noisyValues(3, 2 * 13 * 12 * 3) }));

async function dump(): Promise<string> {
  const out = newPath('dump');
  await succeed('run', MODEL, '--input', input, '--out', out, '--all-tensors');
  return out;
}

test('compare: a model and its own dump are equal, exit code 0; with or without the manifest', async () => {
  const folder = await dump();
  const text = await succeed('compare', MODEL, folder, '--input', input);
  assert.match(text, /2 samples; 11 of A's 11 and B's 11 tensors paired by name/);
  assert.match(text, /All 11 paired tensors are equal\.\n$/);
  rmSync(join(folder, 'manifest.json'));
  assert.match(await succeed('compare', MODEL, folder, '--input', input, '--isolate'), /All 11 paired/);
});

test('compare: a broken dump, exit code 1: the first tensor, where, by how much, what it looks like', async () => {
  const folder = await dump();
  const files = readdirSync(join(folder, 'tensors'));
  const broken = join(folder, 'tensors', files.find((file) => file.startsWith('0004_'))!);
  const { data, shape: dims } = decodeNpy(readFileSync(broken), broken);
  const changed = (data as Int8Array).map((q) => Math.min(127, q + 2));
  writeFileSync(broken, encodeNpy({ shape: dims, data: changed }));
  const { code, stdout, stderr } = await qpann(['compare', MODEL, folder, '--input', input]);
  assert.equal([code, stderr], [1, '']);
  assert.match(
    stdout,
    /First difference: model\/add\/add \(3 ADD\), \d+ of 672 elements\n {2}at \[0, 0, 0, 0\]: A/,
  );
  assert.match(stdout, /\n {2}zero point: B is A \+ 2\n/);
  assert.match(stdout, /\n1 of 11 paired tensors differ\.\n$/);
  assert.ok(
    stdout.split('\n').every((line) => line.length <= 170),
    stdout,
  );

  const json = await qpann(['compare', MODEL, folder, '--input', input, '--json']);
  const result = JSON.parse(json.stdout);
  assert.equal([json.code, result.schema, result.equal], [1, 'qpann.compare/1', false]);
  assert.equal(result.first, 'model/add/add');
  assert.equal(result.tensors[4].patterns[0].offset, 2);
});

test('compare: two models, of arrays and of images', async () => {
  const { code, stdout } = await qpann(['compare', FLOAT, MODEL, '--input', input]);
  assert.is(code, 1);
  assert.match(stdout, /float32\/int8/);
  const image = join(ROOT, 'fixtures/images/rgb.jpg');
  assert.match(await succeed('compare', KERAS, KERAS, '--input', image, '--mode', 'none'), /are equal/);
  assert.match(
    await succeed('compare', FLOAT, MODEL.replace('int8', 'float'), '--input', input, '--tolerance', '1e-6'),
    /are equal/,
  );
});

const other = newFile('y.npy', encodeNpy({ shape: [1, 4], data: new Float32Array(4) }));
const many = newFile('z.npy', encodeNpy({ shape: [1, 13, 12, 3], data: new Uint8Array(468) }));
const MISTAKES: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
  ['no input', [MODEL, MODEL], /Missing required argument: input/],
  ['one side', [MODEL, '--input', input], /Not enough non-option arguments/],
  ['a missing model', [MODEL, 'nowhere.tflite', '--input', input], /nowhere\.tflite: cannot read the model/],
  ['a folder in the place of A', [ROOT, MODEL, '--input', input], /cannot read the model: a folder/],
  ['a folder without arrays', [MODEL, join(ROOT, 'docs'), '--input', input], /holds no \.npy file/],
  [
    'samples of another shape',
    [MODEL, MODEL, '--input', other],
    /has shape 1×4; the network needs N×13×12×3/,
  ],
  [
    'samples of another type',
    [MODEL, MODEL, '--input', many],
    /holds uint8 values; the network needs int8 or/,
  ],
  ['models of different inputs', [MODEL, KERAS, '--input', input], /the network needs N×10×10×3/],
  [
    'a negative tolerance',
    [MODEL, MODEL, '--input', input, '--atol=-1'],
    /--atol -1: expected a number from 0/,
  ],
  ['no number', [MODEL, MODEL, '--input', input, '--tolerance', 'x'], /--tolerance x: expected a number/],
];
for (const [what, args, message] of MISTAKES)
  test(`compare refuses ${what}`, async () => {
    assert.match(await refuse(2, 'compare', ...args), message);
  });
