import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNpy, encodeNpy } from '../../src/data/index.js';
import { compile } from '../../src/engine/index.js';
import { loadModel } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';
import { noisyValues } from '../networks.js';
import { newFile, newPath, ROOT, refuse, succeed } from './qpann.js';

const MODEL = join(ROOT, 'fixtures/keras/sequential-keras2.h5');
const SHAPE = [3, 10, 10, 3];
const values = noisyValues(1, 3 * 300);
const input = newFile('x.npy', encodeNpy({ shape: SHAPE, data: values }));

/** Each activation of the network, as the library computes it, sample after sample. */
async function expected(): Promise<Map<string, number[]>> {
  const [model] = compile([(await loadModel(MODEL)).graph]);
  const tensors = new Map<string, number[]>();
  for (let sample = 0; sample < 3; sample++)
    model!.run([values.slice(sample * 300, (sample + 1) * 300)], {
      tap: ({ name }, data) => {
        tensors.set(name, [...(tensors.get(name) ?? []), ...Array.from(data as Float32Array)]);
      },
    });
  return tensors;
}
const numbers = (file: string): number[] =>
  Array.from(decodeNpy(readFileSync(file), file).data as Float32Array);

test('run writes what the library computes', async () => {
  const out = newPath();
  assert.is(await succeed('run', MODEL, '--input', input, '--out', out), `Written to ${out}\n`);
  assert.equal(readdirSync(out).sort(), ['manifest.json', 'output_0.npy']);
  assert.equal(decodeNpy(readFileSync(join(out, 'output_0.npy')), 'output').shape, [3, 5]);
  assert.equal(numbers(join(out, 'output_0.npy')), [...(await expected()).values()].at(-1));
  assert.not.ok(existsSync(`${out}.partial`));
});

test('run prints the output when there is no --out', async () => {
  const [title, line] = (await succeed('run', MODEL, '--input', input)).split('\n');
  assert.match(title!, /\(3, 5\):$/);
  assert.equal(line!.split(' ').map(Number), [...(await expected()).values()].at(-1));
});

test('run --all-tensors writes every tensor, and a manifest with digests', async () => {
  const out = newPath();
  await succeed('run', MODEL, '--input', input, '--out', out, '--all-tensors');
  const { schema, tensors } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
  assert.is(schema, 'qpann.tensors/1');
  const byName = await expected();
  assert.is(tensors.length, 1 + byName.size);
  for (const { file, name, shape, dtype, sha256 } of tensors) {
    const bytes = readFileSync(join(out, file));
    assert.is(createHash('sha256').update(bytes).digest('hex'), sha256);
    assert.equal([decodeNpy(bytes, file).shape, dtype], [shape, 'float32']);
    assert.equal(numbers(join(out, file)), byName.get(name), name);
  }
  assert.is(readdirSync(join(out, 'tensors')).length, byName.size);
  assert.match(tensors[1].file, /^tensors\/0000_/);
});

test('run does not replace what it did not write', async () => {
  const out = newPath();
  await succeed('run', MODEL, '--input', input, '--out', out);
  assert.match(await refuse(2, 'run', MODEL, '--input', input, '--out', out), /exists already/);
  await succeed('run', MODEL, '--input', input, '--out', out, '--force');
  const file = newFile('notes', 'mine');
  assert.match(await refuse(2, 'run', MODEL, '--input', input, '--out', file, '--force'), /is not a folder/);
  assert.is(readFileSync(file, 'utf8'), 'mine');
});

const BAD: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp])[] = [
  ['a wrong shape', encodeNpy({ shape: [1, 9, 10, 3], data: new Float32Array(270) }), /1×9×10×3.*N×10×10×3/],
  ['no batch dimension', encodeNpy({ shape: [10, 10, 3], data: new Float32Array(300) }), /needs N×10×10×3/],
  ['an empty batch', encodeNpy({ shape: [0, 10, 10, 3], data: new Float32Array(0) }), /needs N×10×10×3/],
  ['integers', encodeNpy({ shape: [1, 10, 10, 3], data: new Int8Array(300) }), /needs float32 values/],
  ['another format', new TextEncoder().encode('1 2 3'), /not a \.npy file/],
  ['half a file', readFileSync(input).subarray(0, 1000), /bytes of values for shape \(3, 10, 10, 3\)/],
];
for (const [what, bytes, message] of BAD)
  test(`run refuses ${what}`, async () => {
    const out = newPath();
    const file = newFile('bad.npy', bytes);
    const line = await refuse(2, 'run', MODEL, '--input', file, '--out', out);
    assert.match(line, file);
    assert.match(line, message);
    assert.not.ok(existsSync(out));
  });

test('run refuses an input that is missing or a folder', async () => {
  assert.match(await refuse(2, 'run', MODEL, '--input', 'nowhere.npy'), /nowhere\.npy: cannot be read/);
  assert.match(await refuse(2, 'run', MODEL, '--input', ROOT), /cannot be read/);
});

test('a run directory is left alone when writing fails half way', async () => {
  const out = newPath();
  writeFileSync(`${out}.partial`, 'in the way');
  assert.match(await refuse(2, 'run', MODEL, '--input', input, '--out', out), /\.partial is not a folder/);
  assert.is(readFileSync(`${out}.partial`, 'utf8'), 'in the way');
});

test('run takes an image, preprocessed as the options say', async () => {
  const image = join(ROOT, 'fixtures/images/rgb.jpg');
  const printed = await succeed('run', MODEL, '--input', image, '--mode', 'none', '--crop-fraction', '0.5');
  assert.match(printed, /\(1, 5\):$/m);
  assert.is.not(printed, await succeed('run', MODEL, '--input', image));
  assert.match(
    await refuse(2, 'run', MODEL, '--input', input, '--mode', 'tf'),
    /--mode is for images; .*x\.npy is read as a \.npy array/,
  );
  assert.match(
    await refuse(2, 'run', MODEL, '--input', image, '--network', 'n.yaml', '--resize', 'nearest'),
    /leave out --resize/,
  );
  assert.match(
    await refuse(2, 'run', MODEL, '--input', image, '--crop-fraction', '2'),
    /--crop-fraction 2: expected a number above 0 and up to 1/,
  );
});
