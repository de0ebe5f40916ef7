import { workerData } from 'piscina';
import { QpannError } from '../core/index.js';
import type { LabelledImage } from './labelled-image.js';
import { IMAGES_DONE, PLACES_TAKEN, SUMS_NEEDED } from './worker-counters.js';
import type { Runner, WorkerAnswer, WorkerStart } from './worker-pool.js';

/**
 * What a worker's program exports: runs blocks of images in a place of its own, each once what lies in its memory of the one
 * before is not needed any more.
 */
export function serve<Plan, Block, Image extends { readonly file: string } = LabelledImage>(
  open: (plan: Plan, place: number) => Runner<Block, Image>,
): (images: readonly Image[]) => Promise<WorkerAnswer<Block>> {
  const { plan, counters } = workerData as WorkerStart<Plan>;
  let place = 0;
  let runner: Runner<Block, Image> | undefined;
  return async (images) => {
    try {
      if (runner === undefined) {
        place = Atomics.add(counters, PLACES_TAKEN, 1);
        runner = open(plan, place);
      }
      Atomics.wait(counters, SUMS_NEEDED + place, 1);
      const block = await runner.run(images, () => Atomics.add(counters, IMAGES_DONE, 1));
      Atomics.store(counters, SUMS_NEEDED + place, 1);
      return { block, place };
    } catch (error) {
      if (!(error instanceof QpannError)) throw error;
      return { message: error.message, kind: error.kind };
    }
  };
}
