import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert, test } from '../harness.js';
import { madeUpRun, writeRun } from '../report/html/runs.js';
import { newPath, qpann, refuse, succeed } from './qpann.js';

const before = writeRun(newPath('before'), madeUpRun());
const after = writeRun(newPath('after'), madeUpRun({ noise: 4, lost: 7 }));

test('report writes the page of a run, again and again', async () => {
  assert.match(await succeed('report', before), `Written to ${join(before, 'report.html')}\n`);
  const page = readFileSync(join(before, 'report.html'), 'utf8');
  assert.match(page, /^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
  await succeed('report', before);
  assert.is(readFileSync(join(before, 'report.html'), 'utf8'), page);
});

test('report lays runs side by side in a file', async () => {
  const file = newPath('both.html');
  await succeed('report', before, after, '-o', file);
  assert.match(readFileSync(file, 'utf8'), /Recreated \(\d+-before\)[\s\S]*Recreated \(\d+-after\)/);
  assert.match(await refuse(2, 'report', before, after, '-o', file), 'exists already');
  assert.match(await refuse(2, 'report', before, after), '2 runs go into one page: name its file with -o');
  assert.match(await refuse(2, 'report', before, `${before}/`, '-o', newPath()), 'is given twice');
  const other = writeRun(newPath('other'), madeUpRun({ model: 'b' }));
  assert.match(await refuse(2, 'report', before, other, '-o', newPath()), 'is of another network');
});

test('diff prints what changed; --fail-if decides about the exit code', async () => {
  assert.match(await succeed('diff', before, after), /recreation\[0\]\.weight_bits +8 +4\n/);
  assert.is((await qpann(['diff', before, before])).code, 0);
  const gate = ['diff', before, after, '--fail-if', 'top1_drop>50%'];
  assert.is((await qpann(gate)).code, 0);
  const { code, stdout, stderr } = await qpann([...gate, '--fail-if', 'sqnr_drop>3dB', '--format', 'json']);
  assert.equal([code, stderr], [1, '']);
  const diff = JSON.parse(stdout);
  assert.is(diff.schema, 'qpann.diff/1');
  assert.equal(
    diff.fail_if.map(({ text, value, failed }: Record<string, unknown>) => [text, value, failed]),
    [
      ['top1_drop>50%', 7.5, false],
      ['sqnr_drop>3dB', 4, true],
    ],
  );
  assert.match(await refuse(2, 'diff', before, after, '--fail-if', 'nonsense'), 'expected a measure');
});

test('a run that is incomplete is refused by both', async () => {
  const broken = writeRun(newPath(), madeUpRun());
  rmSync(join(broken, 'results.json'));
  assert.match(await refuse(2, 'report', broken), 'incomplete, it has no results.json');
  assert.match(await refuse(2, 'diff', before, broken), 'incomplete, it has no results.json');
});
