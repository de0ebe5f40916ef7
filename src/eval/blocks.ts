import { elementCount, realValues, tensorOf } from '../core/index.js';
import type { PreprocessOptions } from '../data/index.js';
import { openPlace, type Program } from '../engine/index.js';
import { type BlockSums, openRecorder, type RecorderPlan, SAMPLES_AT_ONCE } from '../sqnr/index.js';
import { predict } from './accuracy.js';
import { loadOrSkip } from './load-or-skip.js';
import { openImages } from './open-images.js';
import type { Prediction, SampleResult } from './results.js';
import type { Runner } from './worker-pool.js';

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

/** The three models, united, in memory and how to feed them: all that a block needs beside its images. Threads can share it. */
export interface BlockPlan {
  readonly program: Program;
  readonly recorder: RecorderPlan;
  /** The output of each model. */
  readonly outputs: readonly string[];
  /** Shape of the network's input. */
  readonly shape: readonly number[];
  readonly preprocessing: PreprocessOptions;
  readonly skipBadImages: boolean;
  /** Folder of images that were decoded before. */
  readonly cache?: string;
}

/** A runner of blocks in one place of the program. */
export function openBlocks(plan: BlockPlan, place = 0): Runner<BlockResult> {
  const { program, shape, preprocessing, skipBadImages, cache } = plan;
  const load = openImages(program, shape, preprocessing, cache);
  const inputs = Array.from({ length: SAMPLES_AT_ONCE }, () => new Float32Array(elementCount(shape)));
  const opened = openPlace(program, place);
  const recorder = openRecorder(plan.recorder, opened);
  const { graph } = program.plans[0]!;
  const outputs = plan.outputs.map((name) => tensorOf(graph, name));
  const real = new Float32Array(Math.max(...outputs.map((output) => elementCount(output.shape))));
  const predictions = (sample: number): SampleResult['predictions'] => {
    const [reference, tflite, recreated] = outputs.map((output): Prediction => {
      const values = opened.samples[sample]![0]!.view(output.name);
      return predict(realValues(output, values, real).subarray(0, values.length));
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
        recorder.run(waiting.map(({ image }) => image));
        samples.push(...waiting.map(({ file, label }, i) => ({ file, label, predictions: predictions(i) })));
        for (const _ of waiting) onImage?.();
        waiting = [];
      };
      for (const { path, file, label } of images) {
        const image = await loadOrSkip(() => load(path, inputs[waiting.length]), skipBadImages);
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
