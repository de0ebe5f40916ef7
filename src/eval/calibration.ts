import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elementCount, formatShape, type Graph, inputError, type Shape } from '../core/index.js';
import { chooseCalibration, decodeNpy, listImages, type PreprocessOptions } from '../data/index.js';
import type { KernelModules } from '../engine/index.js';
import { type Calibrator, openRangeTotals, planCalibration, type Range } from '../quant/index.js';
import {
  CALIBRATION_BLOCK,
  CALIBRATION_TASK,
  type CalibrationBlock,
  type CalibrationBlocks,
  type CalibrationSample,
} from './calibration-blocks.js';
import { collectGarbage } from './collect-garbage.js';
import { inOrder, runJobs } from './jobs.js';
import { loadKernels } from './load-kernels.js';
import { openPool } from './worker-pool.js';

/** Samples to calibrate on. */
export interface CalibrationSamples {
  /** What each is called in messages. */
  readonly names: readonly string[];
  at(index: number): CalibrationSample;
}

/** How a calibration goes on, and who watches. */
export interface CalibrationOptions {
  readonly skipBadImages?: boolean;
  /** The fast kernels; loaded when absent. */
  readonly kernels?: KernelModules;
  /** How ranges follow from values; smallest and largest when absent. */
  readonly calibrator?: Calibrator;
  /** Activations whose ranges are wanted beside those of the merged network; all when absent. */
  readonly wanted?: ReadonlySet<string>;
  /** Threads; 1, the default, stays in this one. */
  readonly workers?: number;
  /** Called as samples are calibrated on, first with 0. */
  readonly onCalibrated?: (done: number, total: number) => void;
}

/** What calibration gives. */
export interface Calibrated {
  /** Range of every activation, by tensor name. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** Positions of the samples that were used. */
  readonly used: readonly number[];
  /** Names of those that could not be decoded and were left out. */
  readonly skipped: readonly string[];
}

/**
 * Images as calibration samples.
 * @param cache folder of images that were decoded before
 */
export const imageSamples = (
  paths: readonly string[],
  shape: Shape,
  preprocessing: PreprocessOptions,
  cache?: string,
): CalibrationSamples => ({
  names: paths,
  at: (index) => ({
    file: paths[index]!,
    kind: 'image',
    shape,
    preprocessing,
    ...(cache !== undefined && { cache }),
  }),
});

/** Images of a folder: `count` of them by chance, or all if there are not more. @throws QpannError if there is none */
export async function chosenImages(folder: string, count: number, seed: number): Promise<string[]> {
  const files = await listImages(folder);
  return chooseCalibration(files.length, count, seed).map((index) => join(folder, files[index]!));
}

/**
 * The first samples of a `.npy` array with a leading batch dimension, as they are: already preprocessed.
 * @param count how many; all when undefined
 * @throws QpannError if the file cannot be read or its samples have another shape than the input
 */
export async function arraySamples(
  path: string,
  inputShape: Shape,
  count?: number,
): Promise<CalibrationSamples> {
  const bytes = await readFile(path).catch((cause) => {
    throw inputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  });
  const { shape, data } = decodeNpy(bytes, path);
  const sample = inputShape.slice(1);
  if (String(shape.slice(1)) !== String(sample) || shape.length !== inputShape.length)
    throw inputError(`${path}: has shape ${formatShape(shape)}; the network needs N×${formatShape(sample)}`);
  if (shape[0]! < 1) throw inputError(`${path}: holds no sample`);
  const size = elementCount(sample);
  return {
    names: Array.from({ length: Math.min(shape[0]!, count ?? Infinity) }, (_, i) => `${path}, sample ${i}`),
    at: (index) => ({
      file: `${path}, sample ${index}`,
      kind: 'values',
      values: Float32Array.from(data.subarray(index * size, (index + 1) * size), Number),
    }),
  };
}

/**
 * The ranges of a float network over samples. They do not depend on the number of workers.
 * @throws QpannError for the first sample that cannot be decoded, or if such samples are skipped and no other is left; one that
 *   names the tensor in which a NaN shows up; or for a block that could not be computed
 */
export async function calibrate(
  graph: Graph,
  samples: CalibrationSamples,
  { skipBadImages = false, kernels = loadKernels(), workers = 1, onCalibrated, ...how }: CalibrationOptions,
): Promise<Calibrated> {
  const total = samples.names.length;
  const count = Math.ceil(total / CALIBRATION_BLOCK);
  const plan = (places: number): CalibrationBlocks => ({
    ...planCalibration(graph, { ...how, ...(kernels && { kernels }), places }),
    skipBadImages,
  });
  onCalibrated?.(0, total);
  const pool = openPool(CALIBRATION_TASK, plan, {
    workers: Math.max(1, Math.min(workers, count)),
    done: 0,
    onProgress: (done) => done > 0 && onCalibrated?.(done, total),
  });
  const totals = openRangeTotals(pool.plan);
  const used: number[] = [];
  const skipped: string[] = [];
  const finish = inOrder((block: CalibrationBlock, index) => {
    totals.addEnds(block);
    const first = index * CALIBRATION_BLOCK;
    block.used.forEach((isUsed, i) => {
      if (isUsed) used.push(first + i);
      else skipped.push(samples.names[first + i]!);
    });
  });
  try {
    await runJobs(count, pool.workers, async (index) => {
      const first = index * CALIBRATION_BLOCK;
      const length = Math.min(CALIBRATION_BLOCK, total - first);
      const block = await pool.run(
        Array.from({ length }, (_, i) => samples.at(first + i)),
        index,
      );
      totals.addCounts(block, block.place);
      block.release();
      finish(block, index);
    });
  } finally {
    await pool.close();
    collectGarbage();
  }
  if (used.length === 0) throw inputError('none of the calibration images can be decoded');
  return { ranges: totals.ranges(), used, skipped };
}
