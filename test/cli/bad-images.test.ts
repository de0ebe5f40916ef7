import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { assert, test } from '../harness.js';
import { IMAGES, networkFile, newFile, newPath, qpann, refuse, TINY } from './qpann.js';

/** A chunk of a PNG file. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}

/** A PNG file that claims a size and holds no pixels. */
function pngOfSize(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IEND', Buffer.alloc(0))]);
}

const truncated = (name: string): Buffer => readFileSync(join(IMAGES, name)).subarray(0, 400);

/** A dataset of demo images and others. @returns the network config, whose labels are all 0 */
function dataset(good: number, bad: Readonly<Record<string, Uint8Array>>, changes: object = {}): string {
  const folder = newPath('images');
  mkdirSync(folder);
  for (const name of readdirSync(IMAGES).sort().slice(0, good))
    copyFileSync(join(IMAGES, name), join(folder, name));
  for (const [name, bytes] of Object.entries(bad)) writeFileSync(join(folder, name), bytes);
  const labels = newFile('labels.txt', '0\n'.repeat(readdirSync(folder).length));
  return networkFile({ ...TINY, validation_samples: folder, validation_labels: labels, ...changes });
}

const BAD: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp])[] = [
  ['0×0 pixels', pngOfSize(0, 0), /bad\.png: the image is 0×0 pixels; expected sides of 1 to 32767/],
  ['40000×40000 pixels', pngOfSize(40_000, 40_000), /bad\.png: the image is 40000×40000 pixels/],
  ['no pixels', pngOfSize(8, 8), /bad\.png: the PNG image data is damaged/],
  ['no bytes', new Uint8Array(0), /bad\.png: the file is empty/],
  ['another format', new TextEncoder().encode('GIF89a'), /bad\.png: the format is not supported/],
  ['half of a JPEG', truncated('0000.jpg'), /bad\.png: /],
];
for (const [what, bytes, message] of BAD)
  test(`an image of ${what} is refused`, async () => {
    const out = newPath();
    const network = dataset(1, { 'bad.png': bytes });
    const { code, stderr } = await qpann(['eval', '--network', network, '--quiet', '--out', out]);
    assert.is(code, 2);
    assert.match(stderr, message);
    assert.match(stderr, /^[^\n]*\n$/);
    assert.not.ok(existsSync(out) || existsSync(`${out}.partial`));
  });

test('--skip-bad-images leaves images out, counts and lists them, and goes on', async () => {
  const bad = { '0001.png': pngOfSize(0, 0), '0002b.jpg': truncated('0002.jpg'), 'z.png': new Uint8Array(0) };
  const network = dataset(22, bad);
  const out = newPath();
  const args = ['eval', '--network', network, '--skip-bad-images', '--out', out];
  const { code, stdout, stderr } = await qpann(args);
  assert.is(code, 0, stderr);
  const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
  assert.equal(results.skipped, ['0001.png', '0002b.jpg', 'z.png']);
  assert.is(results.samples, 22);
  assert.is(stdout.split('> Ground Truth').length, 1 + 22);
  assert.match(stdout, '\n3 images could not be decoded: 0001.png, 0002b.jpg, z.png\n');
  assert.match(stdout, '| Batch Accuracy Score: 22 samples |');
  for (const file of results.skipped) assert.match(stderr, `qpann: image left out: ${file}\n`);
  assert.equal(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).options, {
    numerics: 'tflite-2.15',
    skip_bad_images: true,
  });
  const { code: again, stdout: printed } = await qpann(['eval', '--from', out, '--format', 'json']);
  assert.is(again, 0);
  assert.is(printed, readFileSync(join(out, 'results.json'), 'utf8'));
});

test('a batch of 100 stays one when some of its images are left out', async () => {
  const network = dataset(119, { '0001b.png': pngOfSize(0, 0), '0003b.png': pngOfSize(0, 0) });
  const { stdout } = await qpann(['eval', '--network', network, '--skip-bad-images']);
  const tables = stdout.split('\n').filter((line) => line.startsWith('| Batch Accuracy'));
  assert.equal(tables, [
    '| Batch Accuracy Score: 98 samples |   | Total Accuracy Score: 98 samples |',
    '| Batch Accuracy Score: 21 samples |   | Total Accuracy Score: 119 samples |',
  ]);
});

test('calibration leaves bad images out too, and says so', async () => {
  const network = dataset(4, { 'bad.png': pngOfSize(0, 0) }, { calibration_samples: null });
  const args = ['eval', '--network', network, '--skip-bad-images', '--format', 'json', '--quiet'];
  const { code, stdout, stderr } = await qpann(args);
  assert.is(code, 0, stderr);
  assert.equal(JSON.parse(stdout).calibration.indices, [0, 1, 2, 3]);
  assert.match(stderr, /calibration image left out: .*bad\.png\n/);
});

test('nothing but bad images is an error, with --skip-bad-images too', async () => {
  const bad = { 'a.png': pngOfSize(0, 0), 'b.png': pngOfSize(0, 0) };
  const line = await refuse(2, 'eval', '--network', dataset(0, bad), '--skip-bad-images', '--quiet');
  assert.match(line, 'none of the images can be decoded');
  const shared = dataset(0, bad, { calibration_samples: null });
  const other = await refuse(2, 'eval', '--network', shared, '--skip-bad-images', '--quiet');
  assert.match(other, 'none of the calibration images can be decoded');
});
