import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, test } from '../harness.js';
import { networkFile, newPath, refuse, succeed } from './qpann.js';

const NETWORK = networkFile();

test('optimize writes a config that eval takes, which saves what it says', async () => {
  const out = newPath('optimized');
  const args = ['optimize', '--network', NETWORK, '--max-drop', '5%', '--bits', '6-8', '--quiet'];
  const printed = await succeed(...args, '--limit', '80', '--out', out);
  assert.match(printed, 'Searched on 40 images; 40 held back');
  assert.match(printed, /On the 40 images held back: top-1 \d+\.\d+% \(95% interval /);
  const text = readFileSync(join(out, 'optimize.json'), 'utf8');
  const { base, chosen, changes, verification, recreation } = JSON.parse(text);
  assert.ok(chosen.saving > 0 && chosen.cost.bit_operations < base.cost.bit_operations);
  assert.ok(changes.length > 0);
  assert.is(verification.samples, 40);
  assert.equal(JSON.parse(readFileSync(join(out, 'recreation.json'), 'utf8')), recreation);
  const evaluated = JSON.parse(
    await succeed('eval', '--from', out, '--limit', '20', '--format', 'json', '--quiet'),
  );
  assert.is(evaluated.samples, 20);
  const again = await succeed(...args, '--limit', '80', '--workers', '1', '--format', 'json');
  assert.is(again, text);
});

test('what cannot be optimized is one line', async () => {
  const optimize = (...args: string[]): Promise<string> =>
    refuse(2, 'optimize', '--network', NETWORK, '--quiet', ...args);
  assert.match(await optimize('--max-drop', '0.5'), 'expected points of top-1, like 0.5%');
  assert.match(await optimize('--max-drop', '1%', '--bits', '1-8'), 'expected widths from 2 to 16');
  assert.match(await optimize('--max-drop', '1%', '--cost', 'cycles'), 'needs a --machine');
  assert.match(await optimize('--max-drop', '1%', '--limit', '1'), 'takes at least two');
  assert.match(await optimize('--max-drop', '1%', '--bits', '8'), 'nothing to optimize');
});

test('the study prints both tables for the network, and what they say', async () => {
  const out = newPath('study');
  const printed = await succeed(
    'study',
    'thesis',
    '--network',
    NETWORK,
    '--limit',
    '40',
    '--out',
    out,
    '--quiet',
  );
  assert.match(printed, 'Table 5.2: settings A to G');
  assert.match(printed, 'Table 5.3: the two halves');
  const { rows, high, low, hypotheses } = JSON.parse(readFileSync(join(out, 'study.json'), 'utf8'));
  assert.is(rows.length, 9);
  assert.equal([high.length, low.length, hypotheses.length], [5, 5, 4]);
  assert.ok(high.at(-1).sqnr_db > low.at(-1).sqnr_db);
  const results = JSON.parse(
    await succeed('eval', '--from', out, '--limit', '40', '--format', 'json', '--quiet'),
  );
  assert.is(rows[0].output_sqnr_db, results.sqnr.recreated.output_db);
  assert.is(rows[0].top1, results.models.recreated.top1);
  assert.match(await refuse(2, 'study', 'thesis', '--recreation', 'x.yaml'), 'its own recreation configs');
});
