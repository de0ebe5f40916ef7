import { workerData } from 'piscina';
import { runBlock as runWhole } from '../../src/eval/worker.js';

const { counters } = workerData as { readonly counters: Int32Array };

/** Runs a block as the worker does; the first thread of all dies instead, and so does every thread for an image called `fatal`. */
export function runBlock(images: Parameters<typeof runWhole>[0]): ReturnType<typeof runWhole> {
  const isFirst = Atomics.add(counters, 0, 1) === 0;
  if (isFirst || images.some(({ file }) => file === 'fatal')) process.exit(3);
  return runWhole(images);
}
