import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elementCount, formatShape, type Graph, inputError, QpannError, type Shape } from '../core/index.js';
import {
  chooseCalibration,
  decodeNpy,
  listImages,
  loadSample,
  type PreprocessOptions,
} from '../data/index.js';
import type { KernelModules } from '../engine/index.js';
import { type Calibrator, type Range, startCalibration } from '../quant/index.js';
import { loadKernels } from './load-kernels.js';

/** Samples to calibrate on, loaded one by one. */
export interface CalibrationSamples {
  /** What each is called in messages. */
  readonly names: readonly string[];
  /** NHWC float32 values. @throws QpannError that names the sample if it cannot be decoded or holds no numbers */
  load(index: number): Promise<Float32Array>;
}

/** How a calibration goes on, and who watches. */
export interface CalibrationOptions {
  readonly skipBadImages?: boolean;
  /** The fast kernels; loaded when absent. */
  readonly kernels?: KernelModules;
  /** How ranges follow from values; smallest and largest when absent. */
  readonly calibrator?: Calibrator;
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
  inputShape: Shape,
  preprocessing: PreprocessOptions,
  cache?: string,
): CalibrationSamples => ({
  names: paths,
  load: (index) => loadSample(paths[index]!, inputShape, preprocessing, cache === undefined ? {} : { cache }),
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
    async load(index) {
      const values = Float32Array.from(data.subarray(index * size, (index + 1) * size), Number);
      if (!values.every(Number.isFinite))
        throw inputError(`${path}: sample ${index} holds values that are not finite`);
      return values;
    },
  };
}

/**
 * The ranges of a float network over samples.
 * @throws QpannError for a sample that cannot be decoded, or if such samples are skipped and no other is left
 */
export async function calibrate(
  graph: Graph,
  { names, load }: CalibrationSamples,
  { skipBadImages = false, kernels = loadKernels(), calibrator, onCalibrated }: CalibrationOptions,
): Promise<Calibrated> {
  const calibration = startCalibration(graph, kernels, calibrator);
  onCalibrated?.(0, names.length);
  const used: number[] = [];
  const skipped: string[] = [];
  for (const [index, name] of names.entries()) {
    const sample = await loadOrSkip(() => load(index), skipBadImages);
    if (sample === null) skipped.push(name);
    else {
      calibration.observe(sample);
      used.push(index);
    }
    onCalibrated?.(index + 1, names.length);
  }
  if (used.length === 0) throw inputError('none of the calibration images can be decoded');
  return { ranges: calibration.ranges(), used, skipped };
}

/** What `load` gives; with `skip`, null for an image that cannot be decoded. */
export async function loadOrSkip<T>(load: () => Promise<T>, skip: boolean): Promise<T | null> {
  try {
    return await load();
  } catch (error) {
    if (skip && error instanceof QpannError) return null;
    throw error;
  }
}
