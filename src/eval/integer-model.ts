import { type Graph, inputError, type NumericsProfile } from '../core/index.js';
import type { RecreationEntry } from '../quant/index.js';
import type { NetworkConfig } from './config/index.js';
import { loadModel } from './load-model.js';
import { prepareEvaluation } from './prepare.js';

/** How a float network becomes an integer one. */
export interface Quantizing {
  /** Calibration images and preprocessing. */
  readonly network: NetworkConfig;
  /** Layers to recreate; without it the whole network is lowered in TensorFlow Lite's scheme. */
  readonly recreation?: readonly RecreationEntry[];
  readonly onCalibrated?: (done: number, total: number) => void;
}

/** Whether any tensor of a graph is quantized. */
const isInteger = ({ tensors }: Graph): boolean =>
  [...tensors.values()].some(({ quantization }) => quantization !== undefined);

/**
 * The network of a file with integer arithmetic: a quantized `.tflite` as it is, a float network quantized on calibration images.
 * @throws QpannError for a float network without `quantizing`, and for `recreation` of one that is quantized already
 */
export async function loadIntegerModel(
  path: string,
  quantizing?: Quantizing,
  numerics?: NumericsProfile,
): Promise<Graph> {
  const { network, recreation, onCalibrated } = quantizing ?? {};
  const { graph } = await loadModel(path, { inputShape: network?.input_shape ?? undefined, numerics });
  if (isInteger(graph)) {
    if (recreation !== undefined)
      throw inputError(`${path}: is quantized already; a recreation config is for a float network`);
    return graph;
  }
  if (network === undefined)
    throw inputError(`${path}: is a float network; give --network to calibrate and quantize it`);
  const { graphs } = await prepareEvaluation({ ...network, model_file: path }, recreation ?? [], {
    limit: 1,
    ...(numerics && { numerics }),
    ...(onCalibrated && { onCalibrated }),
  });
  return recreation === undefined ? graphs.tflite : graphs.recreated;
}
