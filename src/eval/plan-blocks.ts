import { tensorOf } from '../core/index.js';
import { buildProgram, type KernelModules } from '../engine/index.js';
import {
  meetingsOf,
  movedTensors,
  planRecorder,
  SAMPLES_AT_ONCE,
  sideBySide,
  totalBytes,
  uniteGraphs,
} from '../sqnr/index.js';
import { type BlockPlan, type BlockResult, openBlocks } from './blocks.js';
import { preprocessOptions } from './config/index.js';
import type { Evaluation } from './prepare.js';
import { type Task, workerBeside } from './worker-pool.js';

/** How blocks are planned. */
export interface BlockOptions {
  readonly skipBadImages?: boolean;
  /** The fast kernels, if the runtime has them. */
  readonly kernels?: KernelModules;
  /** Folder of images that were decoded before. */
  readonly cache?: string;
}

/**
 * Compiles the three models of an evaluation once.
 * @param places how many threads will run blocks
 */
export function planBlocks(
  { graphs, network }: Evaluation,
  { skipBadImages = false, kernels, cache }: BlockOptions = {},
  places = 1,
): BlockPlan {
  const { reference, tflite, recreated } = graphs;
  const union = sideBySide(uniteGraphs(reference, [tflite, recreated]));
  const recorder = planRecorder(union, movedTensors(union));
  const program = buildProgram([union.graph], {
    ...(kernels && { kernels }),
    shared: places > 1,
    places,
    samples: SAMPLES_AT_ONCE,
    ownBytes: recorder.sumBytes,
    commonBytes: totalBytes(recorder),
    meetings: [meetingsOf(recorder)],
  });
  const { shape } = tensorOf(reference, reference.inputs[0]!);
  return {
    program,
    recorder,
    outputs: union.outputs,
    shape,
    preprocessing: preprocessOptions(network),
    skipBadImages,
    ...(cache !== undefined && { cache }),
  };
}

/** Evaluation of blocks. */
export const BLOCK_TASK: Task<BlockPlan, BlockResult> = {
  open: openBlocks,
  file: workerBeside(import.meta.url),
};
