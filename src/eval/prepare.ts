import { join } from 'node:path';
import {
  DEFAULT_PROFILE,
  elementCount,
  formatShape,
  type Graph,
  inputError,
  type Layer,
  type NumericsProfile,
  tensorOf,
  withNumerics,
} from '../core/index.js';
import type { Machine } from '../cost/index.js';
import { listImages, readLabelNames, readLabels, selectImages } from '../data/index.js';
import type { LayerSettings, RecreationEntry } from '../quant/index.js';
import { collectGarbage } from './collect-garbage.js';
import type { NetworkConfig } from './config/index.js';
import { pairWithReference } from './foreign-model.js';
import type { LabelledImage } from './labelled-image.js';
import { loadModel } from './load-model.js';
import { type QuantizingOptions, quantizeNetwork } from './quantize-network.js';
import type { ModelName } from './results.js';
import { type WrittenModel, writtenModel } from './written-model.js';

/** Everything that an evaluation needs before it looks at the first image. */
export interface Evaluation {
  readonly network: NetworkConfig;
  /** Whose integer arithmetic the TFLite and the Recreated model compute in. */
  readonly numerics: NumericsProfile;
  readonly graphs: Readonly<Record<ModelName, Graph>>;
  readonly layers: readonly Layer[];
  /** Names of the tensors that layers replaced by the recreation config write. */
  readonly replaced: ReadonlySet<string>;
  /** Hyper-parameters of what is replaced by integers, by the tensor that it writes. */
  readonly settings: ReadonlyMap<string, LayerSettings>;
  readonly images: readonly LabelledImage[];
  readonly labelNames?: readonly string[];
  /** Positions of the calibration images in their folder, in name order. */
  readonly calibrationIndices: readonly number[];
  /** Calibration images that could not be decoded and were left out. */
  readonly calibrationSkipped: readonly string[];
  /** QPANN's own TFLite model as a file; absent when the network config gives one. */
  readonly tfliteModel?: WrittenModel;
  /** What cycles are estimated for. */
  readonly machine?: Machine;
}

/** How an evaluation is limited, and who watches. */
export interface EvaluationOptions extends QuantizingOptions {
  /** Evaluate the first images only. */
  readonly limit?: number;
  /** What to estimate cycles for. */
  readonly machine?: Machine;
}

/**
 * Loads the network and the dataset, calibrates, and builds the three models.
 * @throws QpannError for anything in the configs or the files that does not fit together
 */
export async function prepareEvaluation(
  network: NetworkConfig,
  recreation: readonly RecreationEntry[],
  options: EvaluationOptions = {},
): Promise<Evaluation> {
  const { graph, layers } = await loadModel(network.model_file, {
    inputShape: network.input_shape ?? undefined,
  });
  if (tensorOf(graph, graph.inputs[0]!).dtype !== 'float32')
    throw inputError(
      `${network.model_file}: the Reference must be a float model; give this file as tflite_file`,
    );
  const classes = classCount(graph);
  const { numerics = DEFAULT_PROFILE } = options;
  const foreign =
    network.tflite_file === null
      ? undefined
      : pairWithReference(
          graph,
          (await loadModel(network.tflite_file, { numerics })).graph,
          network.tflite_file,
        );
  const names = network.label_names === null ? undefined : await readLabelNames(network.label_names);
  if (names !== undefined && names.length !== classes)
    throw inputError(
      `${network.label_names}: ${names.length} names for the ${classes} classes of the network`,
    );
  const images = await labelledImages(network, classes, options.limit);
  const { lowered, recreated, ...calibration } = await quantizeNetwork(
    { graph, layers },
    network,
    recreation,
    options,
  );
  const own = foreign === undefined ? writtenModel(lowered) : undefined;
  collectGarbage();
  return {
    network,
    numerics,
    graphs: {
      reference: graph,
      tflite: withNumerics(own?.graph ?? foreign!, numerics),
      recreated: recreated.graph,
    },
    layers,
    replaced: recreated.replaced,
    settings: recreated.settings,
    images,
    ...(names && { labelNames: names }),
    calibrationIndices: calibration.indices,
    calibrationSkipped: calibration.skipped,
    ...(own && { tfliteModel: own }),
    ...(options.machine && { machine: options.machine }),
  };
}

/** Number of classes of a classifier of images. @throws QpannError if the network has another kind of input or output. */
export function classCount(graph: Graph): number {
  const input = tensorOf(graph, graph.inputs[0]!);
  if (graph.inputs.length !== 1 || input.shape.length !== 4 || ![1, 3].includes(input.shape[3]!))
    throw inputError(`${graph.name}: needs one image as input, not ${formatShape(input.shape)}`);
  const output = tensorOf(graph, graph.outputs[0]!);
  const classes = elementCount(output.shape);
  if (graph.outputs.length !== 1 || output.shape.at(-1) !== classes || classes < 2)
    throw inputError(`${graph.name}: needs one value per class as output, not ${formatShape(output.shape)}`);
  return classes;
}

/** The images to evaluate, with their labels. @throws QpannError for images and labels that do not fit together */
export async function labelledImages(
  network: NetworkConfig,
  classes: number,
  limit: number | undefined,
): Promise<LabelledImage[]> {
  const folder = network.validation_samples;
  const files = await listImages(folder);
  const labels = await readLabels(network.validation_labels, {
    imageNames: files,
    classes,
    offset: network.label_offset,
  });
  const indices =
    network.image_indices === null
      ? files.map((_, i) => i)
      : selectImages(network.image_indices, network.index_base, files.length);
  return indices
    .slice(0, limit)
    .map((i) => ({ path: join(folder, files[i]!), file: files[i]!, label: labels[i]! }));
}
