import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thumbnails } from '../../../src/eval/index.js';
import { IMAGES, newPath } from '../../cli/qpann.js';
import { assert, test } from '../../harness.js';
import { madeUpRun } from '../../report/html/runs.js';

test('pictures are of the images of the run alone, as many as fit; those that cannot be read are left out', async () => {
  const folder = newPath('images');
  mkdirSync(folder);
  const names = Array.from({ length: 130 }, (_, i) => `${i}.jpg`);
  for (const name of names) copyFileSync(join(IMAGES, '0000.jpg'), join(folder, name));
  writeFileSync(join(folder, '1.jpg'), 'no picture');
  const outside = join(folder, '..', 'outside.jpg');
  copyFileSync(join(IMAGES, '0000.jpg'), outside);
  const run = madeUpRun();
  const network = { ...run.network, validation_samples: folder };
  const pictures = await thumbnails({ ...run, network }, ['../outside.jpg', 'gone.jpg', ...names]);
  assert.equal([...pictures.keys()].slice(0, 3), ['0.jpg', '2.jpg', '3.jpg']);
  assert.is(pictures.size, 120 - 3, 'the bound counts what was tried');
});
