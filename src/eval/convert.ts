import type { Graph } from '../core/index.js';
import { exportTflite } from '../export/index.js';
import {
  type BorderType,
  type LoweringScheme,
  lowerToIntegers,
  mergeAll,
  type Processor,
  withBorders,
} from '../quant/index.js';
import { type CalibrationOptions, type CalibrationSamples, calibrate } from './calibration.js';
import { worthWorkers } from './calibration-workers.js';
import type { ImportedModel } from './load-model.js';

/** What a float network becomes. */
export interface ConversionScheme extends LoweringScheme {
  /** Types of its input and output. */
  readonly io: BorderType;
  /** Whose TensorFlow folds batch normalizations. */
  readonly processor: Processor;
}

/** A network as the bytes of a `.tflite` file, and the graph that they stand for. */
export interface Conversion {
  readonly graph: Graph;
  readonly bytes: Uint8Array;
  /** Calibration samples that could not be decoded and were left out. */
  readonly skipped: readonly string[];
}

/** Whether a network computes with integers already. */
export const isQuantized = ({ tensors }: Graph): boolean =>
  [...tensors.values()].some(({ quantization }) => quantization !== undefined);

/**
 * Quantizes a float network as TensorFlow's converter does (post-training full integer quantization).
 * @throws QpannError if values are not finite, or TensorFlow Lite lacks an operator
 */
export async function convertQuantized(
  { graph }: ImportedModel,
  samples: CalibrationSamples,
  { io, processor, ...scheme }: ConversionScheme,
  options: CalibrationOptions = {},
): Promise<Conversion> {
  const merged = mergeAll(graph, processor);
  const { ranges, skipped } = await calibrate(merged, samples, {
    ...options,
    workers: worthWorkers(merged, samples.names.length, options.workers),
  });
  const integers = lowerToIntegers(merged, ranges, scheme).graph;
  const lowered = withBorders(integers, io);
  return { graph: lowered, bytes: exportTflite(lowered), skipped };
}

/** Writes a network as it is, node by node. @throws QpannError if TensorFlow Lite lacks an operator */
export const convertAsIs = ({ graph }: ImportedModel): Conversion => ({
  graph,
  bytes: exportTflite(graph),
  skipped: [],
});

/** Writes a float network with its layers merged as TensorFlow's converter merges them. @throws QpannError as `convertAsIs` */
export const convertFloat = ({ graph, layers }: ImportedModel, processor: Processor): Conversion =>
  convertAsIs({ graph: mergeAll(graph, processor), layers });
