import { type Paired, paired } from '../../eval/flips.js';
import type { Accuracy, ModelName, Prediction } from '../../eval/results.js';
import type { StoredRun } from '../../eval/stored/index.js';
import { MODEL_TITLES } from '../names.js';
import { printable } from '../text.js';

/** One of the models that a page lays side by side. */
export interface Contestant {
  readonly title: string;
  readonly model: ModelName;
  /** Position of its run. */
  readonly run: number;
  readonly accuracy: Accuracy;
  /** SQNR of the output; null for the Reference, and where there is none. */
  readonly outputDb: number | null;
  /** Of every image, in order. */
  readonly predictions: readonly Prediction[];
  /** Beside the Reference. */
  readonly paired: Paired;
}

/**
 * The models of runs of the same question: the Reference, then the TFLite model, once if all runs have the same, then the
 * Recreated model of each.
 */
export function contestantsOf(runs: readonly StoredRun[]): readonly Contestant[] {
  const labels = runs[0]!.samples.map(({ label }) => label);
  const reference = runs[0]!.samples.map(({ predictions }) => predictions.reference);
  const contestant = (model: ModelName, run: number, suffix: string): Contestant => {
    const { results, samples } = runs[run]!;
    const predictions = samples.map((sample) => sample.predictions[model]);
    return {
      title: printable(`${MODEL_TITLES[model]}${suffix}`),
      model,
      run,
      accuracy: results.models[model],
      outputDb: model === 'reference' ? null : results.sqnr[model].output_db,
      predictions,
      paired: paired(labels, reference, predictions),
    };
  };
  const suffix = (run: number): string => (runs.length === 1 ? '' : ` (${runs[run]!.name})`);
  const tflite = runs.map((_, run) => contestant('tflite', run, suffix(run)));
  const isOne = tflite.every(({ predictions }) => same(predictions, tflite[0]!.predictions));
  return [
    contestant('reference', 0, ''),
    ...(isOne ? [contestant('tflite', 0, '')] : tflite),
    ...runs.map((_, run) => contestant('recreated', run, suffix(run))),
  ];
}

const same = (a: readonly Prediction[], b: readonly Prediction[]): boolean =>
  a.every(({ top, confidence }, i) => confidence === b[i]!.confidence && top.join() === b[i]!.top.join());
