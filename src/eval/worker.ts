import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { QpannError } from '../core/index.js';
import { type BlockPlan, type BlockResult, type BlockRunner, openBlocks } from './blocks.js';
import type { LabelledImage } from './prepare.js';

/** What every worker is given. */
export interface WorkerStart {
  readonly plan: BlockPlan;
  /** Shared counters: places that are taken, and images that are done. */
  readonly counters: Int32Array;
}

/** What a worker says of a block: its result, or the error of a user's mistake. */
export type WorkerAnswer =
  | { readonly block: BlockResult }
  | { readonly message: string; readonly kind: QpannError['kind'] };

const { plan, counters } = workerData as WorkerStart;
let runner: BlockRunner | undefined;

/** Runs one block of images. The sums, which are large, are handed over and not copied. */
export async function runBlock(images: readonly LabelledImage[]): Promise<WorkerAnswer> {
  try {
    runner ??= openBlocks(plan, Atomics.add(counters, 0, 1));
    const block = await runner.run(images, () => Atomics.add(counters, 1, 1));
    return handedOver({ block });
  } catch (error) {
    if (!(error instanceof QpannError)) throw error;
    return { message: error.message, kind: error.kind };
  }
}

function handedOver(answer: { readonly block: BlockResult }): WorkerAnswer {
  const [sums] = answer.block.sums.lambda.values();
  if (sums === undefined) return answer;
  const transferable = { [transferableSymbol]: [sums.buffer], [valueSymbol]: answer };
  return move(transferable as never) as never;
}
