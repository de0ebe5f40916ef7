import { type Graph, inputError, type NumericsProfile } from '../core/index.js';
import type { RecreationEntry } from '../quant/index.js';
import type { NetworkConfig } from './config/index.js';
import { isQuantized } from './convert.js';
import { loadModel } from './load-model.js';
import { quantizeNetwork } from './quantize-network.js';

/** How a float network becomes an integer one. */
export interface Quantizing {
  /** Calibration images and preprocessing. */
  readonly network: NetworkConfig;
  /** Layers to recreate; without it the whole network is lowered in TensorFlow Lite's scheme. */
  readonly recreation?: readonly RecreationEntry[];
  /** Threads for the calibration; 1 when absent. */
  readonly workers?: number;
  readonly onCalibrated?: (done: number, total: number) => void;
}

/**
 * The network of a file with integer arithmetic: a quantized `.tflite` as it is, a float network quantized on calibration images.
 * @throws QpannError for a float network without `quantizing`, and for `recreation` of one that is quantized already
 */
export async function loadIntegerModel(
  path: string,
  quantizing?: Quantizing,
  numerics?: NumericsProfile,
): Promise<Graph> {
  const { network, recreation, workers, onCalibrated } = quantizing ?? {};
  const model = await loadModel(path, { inputShape: network?.input_shape ?? undefined, numerics });
  if (isQuantized(model.graph)) {
    if (recreation !== undefined)
      throw inputError(`${path}: is quantized already; a recreation config is for a float network`);
    return model.graph;
  }
  if (network === undefined)
    throw inputError(`${path}: is a float network; give --network to calibrate and quantize it`);
  const { lowered, recreated } = await quantizeNetwork(model, network, recreation ?? [], {
    ...(numerics && { numerics }),
    ...(workers && { workers }),
    ...(onCalibrated && { onCalibrated }),
  });
  return recreation === undefined ? lowered : recreated.graph;
}
