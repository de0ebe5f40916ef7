import { quantizedValues, realValues, type Tensor, tensorOf } from '../core/index.js';
import { loadSample, type PreprocessOptions } from '../data/index.js';
import { buildProgram, type KernelModules, openPlace, type Program } from '../engine/index.js';
import {
  type BlockSums,
  openRecorder,
  planRecorder,
  type RecorderPlan,
  SAMPLES_AT_ONCE,
  totalBytes,
} from '../sqnr/index.js';
import { predict } from './accuracy.js';
import { preprocessOptions } from './config/index.js';
import { loadOrSkip } from './load-or-skip.js';
import type { Evaluation } from './prepare.js';
import { MODEL_NAMES, type Prediction, type SampleResult } from './results.js';
import { type Runner, type Task, workerBeside } from './worker-pool.js';

/**
 * Images per block. Sums are taken within a block and blocks are added in order, so results do not depend on who
 * computes which block. Fixed: another size would change the last bits.
 */
export const BLOCK_SIZE = 20;

/** What one block of images gives. */
export interface BlockResult {
  readonly samples: readonly SampleResult[];
  /** In the memory of the program: they hold until the same runner begins another block. */
  readonly sums: BlockSums;
  /** Files that could not be decoded. */
  readonly skipped: readonly string[];
}

/** The three models in memory and how to feed them: all that a block needs beside its images. Threads can share it. */
export interface BlockPlan {
  readonly program: Program;
  readonly recorder: RecorderPlan;
  /** Shape of the network's input. */
  readonly shape: readonly number[];
  readonly preprocessing: PreprocessOptions;
  readonly skipBadImages: boolean;
  /** Folder of images that were decoded before. */
  readonly cache?: string;
}

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
  const [reference, ...others] = MODEL_NAMES.map((name) => graphs[name]);
  const recorder = planRecorder(reference!, others);
  const program = buildProgram([reference!, ...others], {
    ...(kernels && { kernels }),
    shared: places > 1,
    places,
    samples: SAMPLES_AT_ONCE,
    sideBySide: true,
    ownBytes: recorder.bytes,
    commonBytes: totalBytes(recorder),
    wanted: [recorder.lambda, ...recorder.mu].map((offsets) => new Set(offsets.keys())),
  });
  const { shape } = tensorOf(reference!, reference!.inputs[0]!);
  return {
    program,
    recorder,
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

/** A runner of blocks in one place of the program. */
export function openBlocks(plan: BlockPlan, place = 0): Runner<BlockResult> {
  const { program, shape, preprocessing, skipBadImages, cache } = plan;
  const loading = cache === undefined ? {} : { cache };
  const opened = openPlace(program, place);
  const recorder = openRecorder(plan.recorder, opened);
  const ends = program.plans.map(({ graph }): readonly [input: Tensor, output: Tensor] => [
    tensorOf(graph, graph.inputs[0]!),
    tensorOf(graph, graph.outputs[0]!),
  ]);
  const predictions = (sample: number): SampleResult['predictions'] => {
    const [reference, tflite, recreated] = ends.map(([, output], model): Prediction => {
      const values = opened.samples[sample]![model]!.view(output.name);
      return predict(realValues(output, values, new Float32Array(values.length)));
    });
    return { reference: reference!, tflite: tflite!, recreated: recreated! };
  };
  return {
    async run(images, onImage) {
      recorder.startBlock();
      const samples: SampleResult[] = [];
      const skipped: string[] = [];
      let waiting: { readonly image: Float32Array; readonly file: string; readonly label: number }[] = [];
      const runWaiting = (): void => {
        recorder.run(waiting.map(({ image }) => ends.map(([input]) => quantizedValues(input, image))));
        samples.push(...waiting.map(({ file, label }, i) => ({ file, label, predictions: predictions(i) })));
        for (const _ of waiting) onImage?.();
        waiting = [];
      };
      for (const { path, file, label } of images) {
        const image = await loadOrSkip(() => loadSample(path, shape, preprocessing, loading), skipBadImages);
        if (image === null) {
          skipped.push(file);
          onImage?.();
        } else waiting.push({ image, file, label });
        if (waiting.length === SAMPLES_AT_ONCE) runWaiting();
      }
      if (waiting.length > 0) runWaiting();
      return { samples, sums: recorder.sums, skipped };
    },
  };
}
