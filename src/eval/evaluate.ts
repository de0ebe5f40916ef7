import { inputError } from '../core/index.js';
import { type Room, roomOf } from '../engine/index.js';
import { openTotals, type TotalSums, type Totals } from '../sqnr/index.js';
import { BLOCK_SIZE, type BlockResult } from './blocks.js';
import { BLOCK_TASK, type BlockOptions, planBlocks } from './plan-blocks.js';
import type { Evaluation } from './prepare.js';
import type { SampleResult } from './results.js';
import { type FinishedBlock, openPool } from './worker-pool.js';

/** The outcome of all blocks. */
export interface Evaluated {
  readonly samples: readonly SampleResult[];
  readonly totals: Totals;
  readonly skipped: readonly string[];
  /** Memory beside the totals, which nobody uses any more. */
  readonly room: Room;
}

/** What is known of an evaluation after its first blocks. */
export interface Checkpoint extends Pick<Evaluated, 'samples' | 'skipped'> {
  /** Blocks that are done. */
  readonly blocks: number;
  readonly sums: TotalSums;
}

/** How to run an evaluation, and who watches. */
export interface EvaluateOptions extends BlockOptions {
  /** Threads; 1, the default, stays in this one. */
  readonly workers?: number;
  /** Where an earlier run of the same evaluation ended. */
  readonly from?: Checkpoint;
  /** Called after each block, in order, also when blocks finish in another. */
  readonly onBlock?: (block: BlockResult, checkpoint: Checkpoint) => void | Promise<void>;
  /** Called now and then with the number of images that are done. */
  readonly onProgress?: (images: number) => void;
  /** Called with a line for the user, for example when fewer threads are used than asked for. */
  readonly onNotice?: (message: string) => void;
}

/**
 * Runs the three models over all images in blocks. Results do not depend on the number of workers.
 * @throws QpannError naming the first image that cannot be decoded, or if such images are skipped and no other is left, or a
 *   block that could not be computed
 */
export async function evaluate(evaluation: Evaluation, options: EvaluateOptions = {}): Promise<Evaluated> {
  const { from, onBlock } = options;
  const { images } = evaluation;
  const samples: SampleResult[] = [...(from?.samples ?? [])];
  const skipped: string[] = [...(from?.skipped ?? [])];
  let blocks = from?.blocks ?? 0;
  const count = Math.ceil(images.length / BLOCK_SIZE);
  const workers = Math.max(1, Math.min(options.workers ?? 1, count - blocks));
  const pool = openPool(BLOCK_TASK, (places) => planBlocks(evaluation, options, places), {
    workers,
    done: blocks * BLOCK_SIZE,
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.onNotice && { onNotice: options.onNotice }),
  });
  const totals = openTotals(pool.plan.recorder, pool.plan.program, from?.sums);
  try {
    const running: Promise<FinishedBlock<BlockResult>>[] = [];
    for (let next = blocks; blocks < count; blocks++) {
      for (; next < count && running.length < pool.workers; next++)
        running.push(pool.run(images.slice(next * BLOCK_SIZE, (next + 1) * BLOCK_SIZE), next));
      const block = await running.shift()!;
      totals.add(block.sums);
      samples.push(...block.samples);
      skipped.push(...block.skipped);
      await onBlock?.(block, { blocks: blocks + 1, samples, skipped, sums: totals.sums });
      block.release();
    }
  } finally {
    await pool.close();
  }
  if (samples.length === 0) throw inputError('none of the images can be decoded');
  return { samples, totals, skipped, room: roomOf(pool.plan.program) };
}
