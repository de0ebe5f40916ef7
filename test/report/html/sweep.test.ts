import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSweep, type StoredSweep } from '../../../src/eval/index.js';
import { rankedLayers } from '../../../src/report/html/sweep-plots.js';
import { relationText } from '../../../src/report/html/sweep-report.js';
import { sweepReport } from '../../../src/report/index.js';
import { newPath, refuse, succeed } from '../../cli/qpann.js';
import { assert, test } from '../../harness.js';
import { closeBrowser, lowContrast, withPage } from './browser.js';
import { HOSTILE, madeUpRun, writeRun } from './runs.js';

const configuration = (i: number, label = `layer_${i} alone`) => ({
  id: `c${i}`,
  label,
  recreation: [{ all: true }],
  calibrator: 'minmax',
  varied: { weight_bits: i },
  top1: 0.9 - i / 100,
  top5: 0.99,
  agreement: 0.95,
  output_sqnr_db: i === 7 ? null : 40 - 3 * i,
  worst_sqnr_db: 30 - 3 * i,
  cost: { bit_operations: 1e6 * (10 - i), weight_bytes: 1000 * (10 - i) },
});

const sweep = {
  schema: 'qpann.sweep/1',
  numerics: 'tflite-2.15',
  samples: 200,
  metric: 'top1',
  cost: 'bitops',
  reference: { top1: 0.92, top5: 0.995 },
  configurations: Array.from({ length: 8 }, (_, i) => configuration(i, i === 3 ? HOSTILE : undefined)),
  sensitivity: [
    { index: 1, layer: 'first', class: 'Conv2D', alone_quantized_db: 40, alone_float_db: 21 },
    { index: 2, layer: HOSTILE, class: 'Conv2D', alone_quantized_db: 20, alone_float_db: null },
    { index: 3, layer: 'third', class: 'Add', alone_quantized_db: null, alone_float_db: null },
  ],
  spearman: { rho: 0.91, n: 7 },
  pareto: ['c0', 'c5'],
  skipped: [],
};

function folderWith(content: unknown): string {
  const folder = newPath('sweep');
  mkdirSync(folder);
  writeFileSync(join(folder, 'sweep.json'), JSON.stringify(content));
  return folder;
}

const stored = (): Promise<StoredSweep> => readSweep(folderWith(sweep));

test('the most sensitive layers come first, those that were not tried last', async () => {
  const { sensitivity } = await stored();
  assert.equal(
    rankedLayers(sensitivity).map(({ index }) => index),
    [2, 1, 3],
  );
});

test('what the correlation says is told in words', () => {
  const text = (rho: number | null): string => relationText({ spearman: { rho, n: 7 } });
  assert.match(text(0.91), /closely tells .* is \+0\.910 over 7 configurations/);
  assert.match(text(0.1), 'hardly tells');
  assert.match(text(-0.6), 'A higher SQNR on the whole goes with a lower top-1');
  assert.match(text(null), 'is not defined for these 7 configurations');
});

test('the page of a sweep opens without complaint, sorts, and can be read', async () => {
  const html = await sweepReport(await stored());
  for (const colorScheme of ['light', 'dark'] as const)
    await withPage(html, { colorScheme, width: 420 }, async ({ page, complaints }) => {
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.is(await page.locator('#configurations .swatch').count(), 2, 'the front is marked');
      await page.locator('#configurations button', { hasText: 'Top-1 %' }).click();
      assert.match(await page.locator('#configurations tbody tr').first().innerText(), 'layer_7 alone');
      assert.match(await page.locator('#sensitivity tbody').innerText(), '<script>alert("x")</script>');
      assert.equal(await lowContrast(page, 4.5), []);
      assert.equal(complaints, []);
    });
});

test('report takes the directory of a sweep alone; one that is damaged or of another version is refused', async () => {
  const folder = folderWith(sweep);
  assert.match(await succeed('report', folder), `Written to ${join(folder, 'report.html')}`);
  const run = writeRun(newPath(), madeUpRun());
  assert.match(await refuse(2, 'report', run, folder, '-o', newPath()), 'which has a page of its own');
  const newer = folderWith({ ...sweep, schema: 'qpann.sweep/2' });
  assert.match(
    await refuse(2, 'report', newer),
    'is of version qpann.sweep/2, and this QPANN reads qpann.sweep/1',
  );
  assert.match(
    await refuse(2, 'report', folderWith({ ...sweep, pareto: 3 })),
    'pareto: expected a list, got 3',
  );
  assert.match(await refuse(2, 'report', folderWith('{')), 'sweep.json: expected an object');
});

test('the browser closes', closeBrowser);
