import { join } from 'node:path';
import { DEFAULT_PROFILE, type Graph, type NumericsProfile, tensorOf, withNumerics } from '../core/index.js';
import { chooseCalibration, listImages, selectImages } from '../data/index.js';
import {
  lowerToIntegers,
  mergeChosen,
  type RecreatedModel,
  type RecreationBasis,
  type RecreationEntry,
  rangesNeeded,
  recreate,
} from '../quant/index.js';
import { type CalibrationOptions, calibrate, imageSamples } from './calibration.js';
import { worthWorkers } from './calibration-workers.js';
import { collectGarbage } from './collect-garbage.js';
import { calibratorOf, type NetworkConfig, preprocessOptions } from './config/index.js';
import type { ImportedModel } from './load-model.js';

/** How a float network is quantized, and who watches. */
export interface QuantizingOptions extends CalibrationOptions {
  /** Whose integer arithmetic; TensorFlow 2.15's when absent. */
  readonly numerics?: NumericsProfile;
  /** Folder of images that were decoded before. */
  readonly cache?: string;
}

/** The integer models of a float network, and the calibration images behind them. */
export interface QuantizedNetwork {
  /** The whole network in TensorFlow Lite's scheme. */
  readonly lowered: Graph;
  readonly recreated: RecreatedModel;
  /** Positions of the calibration images in their folder, in name order. */
  readonly indices: readonly number[];
  /** Calibration images that could not be decoded and were left out. */
  readonly skipped: readonly string[];
}

/**
 * Calibrates a float network on the images that a network config names, lowers it and recreates it.
 * @throws QpannError for anything in the configs or the images that does not fit
 */
export async function quantizeNetwork(
  { graph, layers }: ImportedModel,
  network: NetworkConfig,
  recreation: readonly RecreationEntry[],
  options: QuantizingOptions,
): Promise<QuantizedNetwork> {
  const { numerics = DEFAULT_PROFILE } = options;
  const choice = mergeChosen(graph, layers, recreation);
  const wanted = rangesNeeded(choice);
  const { basis, indices, skipped } = await calibrateNetwork({ graph, layers }, network, {
    ...options,
    wanted,
  });
  const recreated = recreate(basis, recreation, choice);
  collectGarbage();
  return {
    lowered: withNumerics(basis.lowered.graph, numerics),
    recreated: { ...recreated, graph: withNumerics(recreated.graph, numerics) },
    indices,
    skipped,
  };
}

/** What a calibration gives, from which any number of models can be recreated. */
export interface CalibratedNetwork extends Pick<QuantizedNetwork, 'indices' | 'skipped'> {
  readonly basis: RecreationBasis;
}

/**
 * Calibrates a float network on the images that a network config names, and lowers it.
 * @throws QpannError for anything in the config or the images that does not fit
 */
export async function calibrateNetwork(
  { graph, layers }: ImportedModel,
  network: NetworkConfig,
  options: QuantizingOptions,
): Promise<CalibratedNetwork> {
  const images = await calibrationImages(network);
  const { shape } = tensorOf(graph, graph.inputs[0]!);
  const samples = imageSamples(images.paths, shape, preprocessOptions(network), options.cache);
  const { ranges, used, skipped } = await calibrate(graph, samples, {
    calibrator: calibratorOf(network),
    ...options,
    workers: worthWorkers(graph, samples.names.length, options.workers),
  });
  const lowered = lowerToIntegers(graph, ranges);
  collectGarbage();
  return {
    basis: { reference: graph, layers, ranges, lowered },
    indices: used.map((sample) => images.indices[sample]!),
    skipped,
  };
}

/** Positions in the folder, in name order, and paths of the images that a network config calibrates on. */
export async function calibrationImages(
  network: NetworkConfig,
): Promise<{ readonly indices: readonly number[]; readonly paths: readonly string[] }> {
  const folder = network.calibration_samples ?? network.validation_samples;
  const files = await listImages(folder);
  const indices =
    network.calibration_indices === null
      ? chooseCalibration(files.length, network.calibration_batch_size, network.seed)
      : selectImages(network.calibration_indices, network.index_base, files.length);
  return { indices, paths: indices.map((index) => join(folder, files[index]!)) };
}
