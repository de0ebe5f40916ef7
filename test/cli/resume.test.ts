import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, test } from '../harness.js';
import { networkFile, newPath, qpann, refuse, succeed } from './qpann.js';

/** The demo with a checkpoint after each block, in one thread so that there is time to interrupt it. */
const ARGS = ['eval', '--network', networkFile(), '--quiet', '--checkpoint', '0', '--workers', '1'];

/** Kills a run as soon as it has written a checkpoint. @returns its directory */
async function interrupted(): Promise<string> {
  const out = newPath('interrupted');
  await qpann([...ARGS, '--out', out], (child) => {
    const timer = setInterval(() => {
      if (existsSync(join(`${out}.partial`, 'checkpoint.bin'))) child.kill('SIGKILL');
    }, 5);
    child.once('close', () => clearInterval(timer));
  });
  return out;
}

test('a run that was killed goes on and ends with the same bytes', async () => {
  const whole = newPath('whole');
  await succeed(...ARGS, '--out', whole);
  const out = await interrupted();
  assert.not.ok(existsSync(out));
  assert.match(await refuse(2, ...ARGS, '--out', out), 'is an unfinished run: go on with --resume');
  await succeed('eval', '--resume', out, '--quiet');
  for (const file of ['results.json', 'predictions.csv', 'sqnr.csv', 'network.json', 'recreation.json'])
    assert.is(readFileSync(join(out, file), 'utf8'), readFileSync(join(whole, file), 'utf8'), file);
  assert.not.ok(existsSync(join(out, 'checkpoint.bin')));
  assert.match(await refuse(2, 'eval', '--resume', out), 'the run is finished');
});

test('a damaged checkpoint, one of another run, and none at all are one line', async () => {
  const out = await interrupted();
  const checkpoint = join(`${out}.partial`, 'checkpoint.bin');
  const bytes = readFileSync(checkpoint);
  writeFileSync(checkpoint, bytes.subarray(0, bytes.length - 8));
  assert.match(await refuse(2, 'eval', '--resume', out, '--quiet'), 'is damaged');
  const older = bytes.toString('latin1').replace('qpann.checkpoint/2', 'qpann.checkpoint/1');
  writeFileSync(checkpoint, Buffer.from(older, 'latin1'));
  assert.match(await refuse(2, 'eval', '--resume', out, '--quiet'), 'of another version of QPANN');
  writeFileSync(checkpoint, bytes);
  const recreation = join(`${out}.partial`, 'recreation.json');
  writeFileSync(recreation, JSON.stringify([{ all: true, weight_bits: 5 }]));
  assert.match(await refuse(2, 'eval', '--resume', out, '--quiet'), 'have changed since');
  assert.ok(existsSync(checkpoint), 'nothing is lost');
  assert.match(await refuse(2, 'eval', '--resume', newPath()), 'to go on with');
  assert.match(
    await refuse(2, 'eval', '--resume', out, '--limit', '3'),
    '--resume goes on with a run as it was asked for',
  );
});
