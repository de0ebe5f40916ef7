import { elementCount, formatShape, inputError, type Shape, sameShape } from '../../core/index.js';
import type { Hdf5Dataset, Hdf5File } from './hdf5.js';
import { type Settings, shortened } from './settings.js';

/** The weights of one layer by the last part of their name: `kernel` for `conv1/conv1/kernel:0`. */
export type LayerWeights = ReadonlyMap<string, Hdf5Dataset>;

/** An attribute that Keras splits into `name0`, `name1`, … when it is larger than 64 KiB. */
function chunkedStrings(file: Hdf5File, path: string, name: string): readonly string[] {
  const whole = file.strings(path, name);
  if (whole !== undefined) return whole;
  const chunks: string[] = [];
  for (let i = 0; ; i++) {
    const chunk = file.strings(path, `${name}${i}`);
    if (chunk === undefined) return chunks;
    chunks.push(...chunk);
  }
}

/** Finds the weights that the file has for a layer. @throws QpannError when one that it lists is missing. */
export function findWeights(file: Hdf5File, fileName: string, layer: string): LayerWeights {
  const group = `/model_weights/${layer}`;
  const weights = new Map<string, Hdf5Dataset>();
  for (const path of chunkedStrings(file, group, 'weight_names')) {
    const dataset = file.dataset(`${group}/${path}`);
    const name = path.replace(/^.*\//s, '').replace(/:\d+$/, '');
    if (dataset === undefined)
      throw inputError(
        `${fileName}: the file lists weight ${shortened(path)} of layer ${shortened(layer)} but lacks it`,
      );
    if (weights.has(name))
      throw inputError(`${fileName}: layer ${shortened(layer)} has two weights called ${shortened(name)}`);
    weights.set(name, dataset);
  }
  return weights;
}

/** Number of values in all of a layer's weights. */
export const parametersOf = (weights: LayerWeights): number =>
  [...weights.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);

/** Reads the first of `names` that the layer has. @throws QpannError unless it has this shape and finite float32 values. */
export function readWeight(
  weights: LayerWeights,
  settings: Settings,
  names: readonly string[],
  shape: Shape,
): Float32Array {
  const name = names.find((candidate) => weights.has(candidate));
  const dataset = name === undefined ? undefined : weights.get(name);
  if (name === undefined || dataset === undefined)
    return settings.fail(`the file has no weight ${names.join(' or ')} for it`);
  if (!sameShape(dataset.shape, shape))
    return settings.fail(
      `weight ${name} has shape ${formatShape(dataset.shape)}; the layer needs ${formatShape(shape)}`,
    );
  if (!dataset.isFloat32) return settings.fail(`weight ${name} is not float32`);
  const values = dataset.read();
  if (values.length !== elementCount(shape)) return settings.fail(`weight ${name} is incomplete`);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    return settings.fail(
      `weight ${name} holds ${values[wrong]} (at ${wrong}); was the network trained to its end?`,
    );
  return values;
}
