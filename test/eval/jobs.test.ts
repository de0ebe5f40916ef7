import { setTimeout as sleep } from 'node:timers/promises';
import { inOrder, runJobs } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';

test('jobs begin in order, no more at the same time than asked for', async () => {
  const begun: number[] = [];
  let [running, most] = [0, 0];
  await runJobs(7, 3, async (index) => {
    begun.push(index);
    running += 1;
    most = Math.max(most, running);
    await sleep(index % 2);
    running -= 1;
  });
  assert.equal(begun, [0, 1, 2, 3, 4, 5, 6]);
  assert.is(most, 3);
});

test('of jobs that fail the first counts, by number and not by time, and no other begins', async () => {
  const begun: number[] = [];
  const jobs = runJobs(9, 3, async (index) => {
    begun.push(index);
    await sleep(index === 1 ? 20 : 0);
    if (index > 0) throw new Error(`job ${index}`);
  });
  assert.is(await jobs.catch((error: Error) => error.message), 'job 1');
  assert.ok(Math.max(...begun) <= 3);
});

test('things are handed on in order', () => {
  const taken: string[] = [];
  const give = inOrder<string>((thing, index) => taken.push(`${index}${thing}`));
  give('c', 2);
  give('a', 0);
  assert.equal(taken, ['0a']);
  give('d', 3);
  give('b', 1);
  assert.equal(taken, ['0a', '1b', '2c', '3d']);
});
