import {
  elementCount,
  formatShape,
  type Graph,
  inputError,
  type Layer,
  MAX_ELEMENTS,
  QpannError,
  type Shape,
} from '../../core/index.js';
import { type GraphBuilder, graphBuilder } from '../../ops/index.js';
import { DECODERS, type KerasClass } from './decoders.js';
import { type Hdf5File, openHdf5 } from './hdf5.js';
import { isSize, type Settings, shortened, shown } from './settings.js';
import { type NetworkLayer, readTopology } from './topology.js';
import { findWeights, parametersOf, readWeight } from './weights.js';

/** An imported network. */
export interface KerasModel {
  readonly graph: Graph;
  /** The layers in the order of Keras `model.layers`, those without a node included. */
  readonly layers: readonly Layer[];
}

/** Choices of an import. */
export interface KerasImportOptions {
  /** Sizes of the input without the batch, for example [224, 224, 3]; the file's own when absent. */
  readonly inputShape?: readonly number[];
}

/**
 * Imports a network from the bytes of a Keras `.h5` file (Keras 2 or 3, architecture and weights). The batch size is 1.
 * Tensors are called as the layers that write them, constants `<layer>/<weight>`.
 * @throws QpannError that names the file and the layer when the file is damaged or the network is not supported.
 */
export async function importKeras(
  bytes: Uint8Array,
  fileName: string,
  options: KerasImportOptions = {},
): Promise<KerasModel> {
  return decodeModel(openHdf5(bytes, fileName), fileName, options);
}

function decodeModel(file: Hdf5File, fileName: string, { inputShape }: KerasImportOptions): KerasModel {
  const json = file.strings('/', 'model_config')?.[0];
  if (json === undefined)
    throw inputError(
      `${fileName}: holds no architecture (no model_config), so it holds weights only; save the whole model with model.save('name.h5')`,
    );
  const topology = readTopology(json, fileName);
  const [version = '2'] = file.strings('/', 'keras_version') ?? [];
  const kerasVersion = Number.parseInt(version, 10);
  const builder = graphBuilder(topology.name);
  const tensors = new Map<string, string>();
  const layers: Layer[] = [];
  for (const layer of topology.layers) {
    const { index, name, className } = layer;
    const weights = findWeights(file, fileName, name);
    const tensor =
      className === 'InputLayer'
        ? builder.input(name, inputShapeOf(layer.settings, inputShape))
        : decodeLayer(builder, { ...layer, className }, tensors, kerasVersion, (names, shape) =>
            readWeight(weights, layer.settings, names, shape),
          );
    tensors.set(name, tensor);
    if (index !== null) layers.push({ index, name, className, tensor, parameters: parametersOf(weights) });
  }
  layers.sort((a, b) => a.index - b.index);
  return { graph: builder.build([tensors.get(topology.output)!]), layers };
}

function inputShapeOf(settings: Settings, override: readonly number[] | undefined): Shape {
  const given = settings.raw('batch_shape') ?? settings.raw('batch_input_shape');
  const stored: readonly unknown[] = Array.isArray(given) ? given.slice(1) : [];
  const sizes = override ?? stored;
  if (sizes.length === 0) return settings.fail('has no input shape; give one, for example 224×224×3');
  if (override !== undefined && stored.length > 0 && stored.length !== override.length)
    return settings.fail(
      `has an input of ${stored.length} dimensions; the shape given has ${override.length}`,
    );
  const written = shortened(sizes.map((size) => (isSize(size, 1) ? size : '?')).join('×'));
  if (sizes.some((size) => size === null))
    return settings.fail(`has an input of variable size (${written}); give the size, for example 224×224×3`);
  if (!sizes.every((size): size is number => isSize(size, 1)))
    return settings.fail(`has input shape ${shown(sizes)}; sizes are whole numbers from 1`);
  const shape = [1, ...sizes];
  requireSane(settings, shape);
  return shape;
}

function requireSane(settings: Settings, shape: Shape): void {
  if (elementCount(shape) > MAX_ELEMENTS)
    settings.fail(`gives a tensor of ${formatShape(shape)}, more than 2^28 elements`);
}

function decodeLayer(
  builder: GraphBuilder,
  { index, name, className, settings, ...layer }: NetworkLayer & { readonly className: KerasClass },
  tensors: ReadonlyMap<string, string>,
  kerasVersion: number,
  weight: (names: readonly string[], shape: Shape) => Float32Array,
): string {
  const source = { index: index!, name, className };
  const inputs = layer.inputs.map((input) => tensors.get(input)!);
  const operands = layer.operands?.map((operand) =>
    typeof operand === 'number' ? operand : tensors.get(operand)!,
  );
  /** What the builder and the operators find wrong names the layer at most, never the file. */
  const located = <T>(build: () => T): T => {
    try {
      return build();
    } catch (cause) {
      if (!(cause instanceof QpannError)) throw cause;
      throw inputError(`${settings.where}: ${cause.message.replace(/^layer .*?\): /s, '')}`, { cause });
    }
  };
  const steps = DECODERS[className]({
    settings,
    kerasVersion,
    inputs,
    ...(operands && { operands }),
    shapes: inputs.map((input) => builder.shapeOf(input)),
    weight,
    constant: (constant, shape, data) => located(() => builder.constant(`${name}/${constant}`, shape, data)),
  });
  const values = [inputs[0]!];
  steps.forEach(({ op, attributes, others = [], reads, stage }, i) => {
    const output = i === steps.length - 1 ? name : `${name}/${stage ?? i}`;
    const read = reads?.(values) ?? [values[i]!, ...others];
    const tensor = located(() => builder.apply(op, attributes, read, output, source));
    requireSane(settings, builder.shapeOf(tensor));
    values.push(tensor);
  });
  return values.at(-1)!;
}
