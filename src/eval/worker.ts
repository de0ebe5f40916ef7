import { workerData } from 'piscina';
import { QpannError } from '../core/index.js';
import { type BlockPlan, type BlockResult, type BlockRunner, openBlocks } from './blocks.js';
import type { LabelledImage } from './prepare.js';
import { IMAGES_DONE, PLACES_TAKEN, SUMS_NEEDED } from './worker-counters.js';

/** What every worker is given. */
export interface WorkerStart {
  readonly plan: BlockPlan;
  /** As `worker-counters.ts` says. */
  readonly counters: Int32Array;
}

/** What a worker says of a block: its result, or the error of a user's mistake. */
export type WorkerAnswer =
  | { readonly block: BlockResult; readonly place: number }
  | { readonly message: string; readonly kind: QpannError['kind'] };

const { plan, counters } = workerData as WorkerStart;
let place = 0;
let runner: BlockRunner | undefined;

/** Runs one block of images, once the sums of the one before have been added to the totals. */
export async function runBlock(images: readonly LabelledImage[]): Promise<WorkerAnswer> {
  try {
    if (runner === undefined) {
      place = Atomics.add(counters, PLACES_TAKEN, 1);
      runner = openBlocks(plan, place);
    }
    Atomics.wait(counters, SUMS_NEEDED + place, 1);
    const block = await runner.run(images, () => Atomics.add(counters, IMAGES_DONE, 1));
    Atomics.store(counters, SUMS_NEEDED + place, 1);
    return { block, place };
  } catch (error) {
    if (!(error instanceof QpannError)) throw error;
    return { message: error.message, kind: error.kind };
  }
}
