import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, test } from '../harness.js';
import { DEMO, networkFile, newFile, newPath, qpann, ROOT, refuse, succeed } from './qpann.js';

const WORKERS = ['1', '2', '3'];

/** Calibration images, one of which is none. */
const folder = newPath('calibration');
mkdirSync(folder);
for (const name of readdirSync(join(DEMO, 'calibration')).slice(0, 25))
  copyFileSync(join(DEMO, 'calibration', name), join(folder, name));
writeFileSync(join(folder, '0007b.jpg'), 'no image');

/** A calibration that is worth threads: its images are large. */
const network = networkFile({
  model_file: join(ROOT, 'fixtures/keras/any_size-keras2.h5'),
  input_shape: [400, 400, 3],
  label_names: null,
  validation_labels: newFile('labels.txt', '0\n'.repeat(200)),
  calibration_samples: folder,
  calibration_batch_size: 26,
  calibrator: 'percentile',
});

test('eval: the number of workers changes no byte, and bad calibration images are left out in any thread', async () => {
  const args = ['--network', network, '--limit', '2', '--no-cache', '--quiet', '--format', 'json'];
  const runs = [];
  for (const workers of WORKERS)
    runs.push(await qpann(['eval', ...args, '--skip-bad-images', '--workers', workers]));
  for (const { code, stdout, stderr } of runs) {
    assert.is(code, 0, stderr);
    assert.is(stdout, runs[0]!.stdout);
    assert.match(stderr, /^qpann: calibration image left out: .*0007b\.jpg\n$/);
  }
  assert.is(JSON.parse(runs[0]!.stdout).calibration.samples, 25);
});

test('a bad calibration image is named, in any thread', async () => {
  for (const workers of WORKERS)
    assert.match(
      await refuse(2, 'eval', '--network', network, '--limit', '2', '--no-cache', '--workers', workers),
      /0007b\.jpg: the format is not supported; expected a PNG or JPEG image$/,
    );
});

test('convert: the number of workers changes no byte', async () => {
  const files = [];
  for (const workers of WORKERS) {
    const path = newPath('model.tflite');
    await succeed('convert', '--network', network, '--skip-bad-images', '--workers', workers, '-o', path);
    files.push(readFileSync(path));
  }
  for (const file of files) assert.ok(file.equals(files[0]!));
});
