import { inputError, type Shape } from '../core/index.js';
import { loadSample, type PreprocessOptions, type SampleOptions } from '../data/index.js';
import { type CalibrationPlan, type Observed, openCalibration } from '../quant/index.js';
import { loadOrSkip } from './load-or-skip.js';
import { resamplingOf } from './open-images.js';
import { type Runner, type Task, workerBeside } from './worker-pool.js';

/** Samples per block: few, so that threads end at about the same time. Ranges do not depend on it. */
export const CALIBRATION_BLOCK = 5;

/** A sample to calibrate on: an image file, or values as the network wants them. */
export type CalibrationSample = {
  /** What it is called in messages. */
  readonly file: string;
} & (
  | {
      readonly kind: 'image';
      /** Shape of the network's input. */
      readonly shape: Shape;
      readonly preprocessing: PreprocessOptions;
      /** Folder of images that were decoded before. */
      readonly cache?: string;
    }
  | { readonly kind: 'values'; readonly values: Float32Array }
);

/** A network compiled for calibration on blocks of samples. */
export interface CalibrationBlocks extends CalibrationPlan {
  readonly skipBadImages: boolean;
}

/** What one block of samples gives. */
export interface CalibrationBlock extends Observed {
  /** The place in which it was computed, whose memory holds the counts. */
  readonly place: number;
  /** For each sample whether it could be decoded. */
  readonly used: readonly boolean[];
}

/** Calibration on blocks of samples. */
export const CALIBRATION_TASK: Task<CalibrationBlocks, CalibrationBlock, CalibrationSample> = {
  open: openCalibrationBlocks,
  file: workerBeside(import.meta.url, 'calibration-worker'),
};

/** A runner of blocks in one place of the program. */
export function openCalibrationBlocks(
  plan: CalibrationBlocks,
  place: number,
): Runner<CalibrationBlock, CalibrationSample> {
  const calibration = openCalibration(plan, place);
  const resampling = resamplingOf(plan.program);
  return {
    async run(samples, onImage) {
      calibration.start();
      const used: boolean[] = [];
      for (const sample of samples) {
        const values = await loadOrSkip(() => valuesOf(sample, resampling), plan.skipBadImages);
        if (values !== null) calibration.observe(values);
        used.push(values !== null);
        onImage?.();
      }
      return { ...calibration.observed(), place, used };
    },
  };
}

/** NHWC float32 values. @throws QpannError that names the sample if it cannot be decoded or holds no numbers */
async function valuesOf(sample: CalibrationSample, resampling: SampleOptions): Promise<Float32Array> {
  if (sample.kind === 'image') {
    const { file, shape, preprocessing, cache } = sample;
    return loadSample(file, shape, preprocessing, { ...resampling, ...(cache !== undefined && { cache }) });
  }
  if (!sample.values.every(Number.isFinite))
    throw inputError(`${sample.file} holds values that are not finite`);
  return sample.values;
}
