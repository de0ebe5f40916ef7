import { workerData } from 'piscina';
import { runBlock as runWhole } from '../../src/eval/calibration-worker.js';

const { counters } = workerData as { readonly counters: Int32Array };

/** Runs a block as the worker does; the first thread of all dies after it instead of answering. */
export async function runBlock(...block: Parameters<typeof runWhole>): ReturnType<typeof runWhole> {
  const isFirst = counters[0] === 0;
  const answer = await runWhole(...block);
  if (isFirst) process.exit(3);
  return answer;
}
