import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';
import { networkFile, ROOT, succeed } from './qpann.js';

const examples = join(ROOT, 'examples');
const network = networkFile();

/** Results of a recreation config on four images of the demo. */
async function resultsOf(recreation: string): Promise<Results> {
  const args = ['--network', network, '--recreation', recreation, '--limit', '4', '--format', 'json'];
  return JSON.parse(await succeed('eval', ...args, '--quiet'));
}

test('examples/custom-layer costs SQNR in its own layer only', async () => {
  const { sqnr } = await resultsOf(join(examples, 'custom-layer/recreation.yaml'));
  const rows = sqnr.recreated.tensors;
  const replaced = rows.filter((row) => row.replaced);
  assert.equal(
    replaced.map(({ layer, index }) => [layer, index]),
    [['predictions', 64]],
  );
  assert.ok(replaced[0]!.sqnr_db! > 40 && replaced[0]!.sqnr_db! < 80, String(replaced[0]!.sqnr_db));
  assert.ok(rows.filter(({ index }) => index < 64).every(({ identical }) => identical));
});

const settings = readdirSync(join(examples, 'thesis')).filter((file) => file.endsWith('.yaml'));
for (const file of settings)
  test(`examples/thesis/${file} runs on the demo, and replaces Conv2D layers only`, async () => {
    const { sqnr, samples } = await resultsOf(join(examples, 'thesis', file));
    assert.is(samples, 4);
    const replaced = sqnr.recreated.tensors.filter((row) => row.replaced);
    assert.ok(replaced.length > 0);
    assert.ok(replaced.every((row) => row.class === 'Conv2D'));
    assert.is(replaced.length === 15, ['A', 'D', 'E', 'F', 'G'].includes(file[0]!) && file.length === 6);
  });

test('the examples are there', () => {
  assert.ok(settings.length >= 9 && existsSync(join(examples, 'custom-layer/my-layer.mjs')));
});
