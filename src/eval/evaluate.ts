import { type Graph, inputError, quantizedValues, realValues, type Tensor, tensorOf } from '../core/index.js';
import { loadSample } from '../data/index.js';
import { compile, type Model, type Tap } from '../engine/index.js';
import { type BlockSums, type Recorder, startRecorder, startTotals, type Totals } from '../sqnr/index.js';
import { predict } from './accuracy.js';
import { loadOrSkip } from './calibration.js';
import { preprocessOptions } from './config/index.js';
import type { Evaluation, LabelledImage } from './prepare.js';
import { MODEL_NAMES, type ModelName, type Prediction, type SampleResult } from './results.js';

/**
 * Images per block. Sums are taken within a block and blocks are added in order, so results do not depend on who
 * computes which block. Fixed: another size would change the last bits.
 */
export const BLOCK_SIZE = 20;

/** What one block of images gives. */
export interface BlockResult {
  readonly samples: readonly SampleResult[];
  readonly sums: BlockSums;
  /** Files that could not be decoded. */
  readonly skipped: readonly string[];
}

/** Compiles the three models once and evaluates blocks of images. */
export interface BlockRunner {
  /** @param onImage called after each image */
  run(images: readonly LabelledImage[], onImage?: () => void): Promise<BlockResult>;
}

/** Feeds float images to a model, whatever its input is, and reads its output as real values. */
function classifier(graph: Graph, { run }: Model, tap: Tap): (image: Float32Array) => Prediction {
  const input: Tensor = tensorOf(graph, graph.inputs[0]!);
  const output: Tensor = tensorOf(graph, graph.outputs[0]!);
  const classes = new Float32Array(output.shape.at(-1)!);
  return (image) => {
    const [result] = run([quantizedValues(input, image)], { tap });
    return predict(realValues(output, result!, classes));
  };
}

/** A runner for the blocks of an evaluation. */
export function startBlocks(evaluation: Evaluation, skipBadImages = false): BlockRunner {
  const { graphs, network } = evaluation;
  const models = compile(MODEL_NAMES.map((name) => graphs[name]));
  const recorder: Recorder = startRecorder(graphs.reference, [graphs.tflite, graphs.recreated]);
  const taps: readonly Tap[] = [recorder.reference, ...recorder.others];
  const classifiers = MODEL_NAMES.map((name, i) => classifier(graphs[name], models[i]!, taps[i]!));
  const { shape } = tensorOf(graphs.reference, graphs.reference.inputs[0]!);
  const options = preprocessOptions(network);
  const predictAll = (image: Float32Array): Record<ModelName, Prediction> => {
    const [reference, tflite, recreated] = classifiers.map((classify) => classify(image));
    return { reference: reference!, tflite: tflite!, recreated: recreated! };
  };
  return {
    async run(images, onImage) {
      const samples: SampleResult[] = [];
      const skipped: string[] = [];
      for (const { path, file, label } of images) {
        const image = await loadOrSkip(() => loadSample(path, shape, options), skipBadImages);
        if (image === null) skipped.push(file);
        else samples.push({ file, label, predictions: predictAll(image) });
        onImage?.();
      }
      return { samples, sums: recorder.takeBlock(), skipped };
    },
  };
}

/** The outcome of all blocks. */
export interface Evaluated {
  readonly samples: readonly SampleResult[];
  readonly totals: Totals;
  readonly skipped: readonly string[];
}

/**
 * Runs the three models over all images in blocks.
 * @param onBlock called after each block, in order
 * @param onImage called after each image
 * @throws QpannError naming the first image that cannot be decoded, or if such images are skipped and no other is left
 */
export async function evaluate(
  evaluation: Evaluation,
  skipBadImages: boolean,
  onBlock: (block: BlockResult) => void,
  onImage?: () => void,
): Promise<Evaluated> {
  const runner = startBlocks(evaluation, skipBadImages);
  const totals = startTotals();
  const samples: SampleResult[] = [];
  const skipped: string[] = [];
  for (let start = 0; start < evaluation.images.length; start += BLOCK_SIZE) {
    const block = await runner.run(evaluation.images.slice(start, start + BLOCK_SIZE), onImage);
    totals.add(block.sums);
    samples.push(...block.samples);
    skipped.push(...block.skipped);
    onBlock(block);
  }
  if (samples.length === 0) throw inputError('none of the images can be decoded');
  return { samples, totals, skipped };
}
