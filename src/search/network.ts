import {
  DEFAULT_PROFILE,
  elementCount,
  type Graph,
  inputError,
  type NumericsProfile,
  QpannError,
  tensorOf,
  withNumerics,
} from '../core/index.js';
import type { KernelModules } from '../engine/index.js';
import {
  calibrateNetwork,
  classCount,
  type LabelledImage,
  labelledImages,
  loadModel,
  type NetworkConfig,
  type QuantizingOptions,
  type RecreationConfig,
} from '../eval/index.js';
import {
  CALIBRATORS,
  type CalibratorName,
  lowerToIntegers,
  type RecreatedModel,
  type RecreationBasis,
  recreate,
  startCalibration,
} from '../quant/index.js';

/** A network that models are recreated from, and images to try them on. */
export interface SearchNetwork {
  readonly network: NetworkConfig;
  readonly numerics: NumericsProfile;
  /** By the network config's calibrator. */
  readonly basis: RecreationBasis;
  /** By others that configurations ask for. */
  readonly bases: ReadonlyMap<CalibratorName, RecreationBasis>;
  readonly images: readonly LabelledImage[];
  /** Seconds that a run of the Reference takes here, for an estimate. */
  readonly referenceSeconds: number;
}

/** How a network is loaded. */
export interface SearchOptions {
  readonly numerics?: NumericsProfile;
  readonly limit?: number;
  readonly kernels?: KernelModules;
}

/**
 * Loads a network and lists its images. It is calibrated on one made-up image only: enough to build every model, and so to
 * refuse what does not fit, before any image is decoded.
 * @throws QpannError for anything in the config or the files that does not fit together
 */
export async function loadSearchNetwork(
  network: NetworkConfig,
  { numerics = DEFAULT_PROFILE, limit, kernels }: SearchOptions = {},
): Promise<SearchNetwork> {
  const { graph, layers } = await loadModel(network.model_file, {
    inputShape: network.input_shape ?? undefined,
  });
  const input = tensorOf(graph, graph.inputs[0]!);
  if (input.dtype !== 'float32')
    throw inputError(`${network.model_file}: a search needs the float model, not a quantized one`);
  const images = await labelledImages(network, classCount(graph), limit);
  const calibration = startCalibration(graph, kernels);
  const image = Float32Array.from(
    { length: elementCount(input.shape) },
    (_, i) => ((i * 37) % 255) / 128 - 1,
  );
  let seconds = Infinity;
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    calibration.observe(image);
    // Beside the Reference the merged network runs.
    seconds = Math.min(seconds, (performance.now() - start) / 2000);
  }
  const ranges = calibration.ranges();
  const lowered = lowerToIntegers(graph, ranges);
  return {
    network,
    numerics,
    basis: { reference: graph, layers, ranges, lowered },
    bases: new Map(),
    images,
    referenceSeconds: seconds,
  };
}

/**
 * The network calibrated on its images.
 * @param calibrators that configurations ask for, beside that of the network config; with their usual parameters
 * @throws QpannError for images that cannot be decoded
 */
export async function calibrateSearchNetwork(
  search: SearchNetwork,
  options: QuantizingOptions,
  calibrators: readonly CalibratorName[] = [],
): Promise<{ readonly search: SearchNetwork; readonly skipped: readonly string[] }> {
  const { network } = search;
  const { reference, layers } = search.basis;
  const model = { graph: reference, layers };
  const { basis, skipped } = await calibrateNetwork(model, network, options);
  const bases = new Map<CalibratorName, RecreationBasis>();
  for (const name of calibrators) {
    if (name === network.calibrator || bases.has(name)) continue;
    const other = await calibrateNetwork(model, network, { ...options, calibrator: CALIBRATORS[name] });
    bases.set(name, other.basis);
  }
  return { search: { ...search, basis, bases }, skipped };
}

/**
 * The Recreated model of a config.
 * @param calibrator the network config's when absent
 * @throws QpannError for settings that do not fit the layers
 */
export function modelOf(
  { basis, bases, numerics }: SearchNetwork,
  { entries }: RecreationConfig,
  calibrator?: CalibratorName,
): RecreatedModel {
  const model = recreate((calibrator && bases.get(calibrator)) ?? basis, entries);
  return { ...model, graph: withNumerics(model.graph, numerics) };
}

/**
 * The graphs of configurations.
 * @throws QpannError that names the configuration whose settings do not fit the layers
 */
export const graphsOf = (
  search: SearchNetwork,
  configurations: readonly {
    readonly label: string;
    readonly recreation: RecreationConfig;
    readonly calibrator?: CalibratorName;
  }[],
): Graph[] =>
  configurations.map(({ label, recreation, calibrator }) => {
    try {
      return modelOf(search, recreation, calibrator).graph;
    } catch (error) {
      if (!(error instanceof QpannError)) throw error;
      throw new QpannError(`configuration "${label}": ${error.message}`, error.kind, { cause: error });
    }
  });
