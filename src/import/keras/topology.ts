import { inputError } from '../../core/index.js';
import {
  ignoresTraining,
  isKerasClass,
  isOperator,
  type KerasClass,
  mergesInputs,
  supportedClasses,
} from './decoders.js';
import { callOf, type Reference, referencesIn } from './inbound.js';
import type { Operand } from './layer.js';
import { isRecord, type Settings, settingsOf, shortened, shown } from './settings.js';

/** One layer of the network and the layers it reads. */
export interface NetworkLayer {
  /**
   * Position in Keras `model.layers`; operators of Keras 3, which are not in that list, come after its end. Null for the input
   * of a Sequential model.
   */
  readonly index: number | null;
  readonly name: string;
  readonly className: KerasClass | 'InputLayer';
  readonly settings: Settings;
  readonly inputs: readonly string[];
  /** Both sides of an operator: the layer that gives it, or a number. */
  readonly operands?: readonly Operand[];
}

/** The layers of a network. */
export interface Topology {
  readonly name: string;
  /** In the order of the file. */
  readonly layers: readonly NetworkLayer[];
  /** The layer whose output is the network's. */
  readonly output: string;
}

const MODELS = new Set(['Functional', 'Model', 'Sequential']);
const MAX_LAYERS = 10_000;

/** A layer as `model_config` lists it. */
interface Entry {
  readonly name: string;
  readonly className: KerasClass | 'InputLayer';
  readonly settings: Settings;
  readonly inboundNodes: unknown;
}

/** Reads `model_config`. @throws QpannError for a network that cannot be imported. */
export function readTopology(json: string, fileName: string): Topology {
  let model: unknown;
  try {
    model = JSON.parse(json);
  } catch (cause) {
    throw inputError(`${fileName}: model_config is not valid JSON`, { cause });
  }
  const className = isRecord(model) && typeof model.class_name === 'string' ? model.class_name : '';
  if (!isRecord(model) || !MODELS.has(className))
    throw inputError(
      `${fileName}: is a ${shortened(className) || 'model of unknown kind'}; only Functional and Sequential models can be imported`,
    );
  // Keras before 2.2.3 writes the list of a Sequential model's layers as its config.
  const config: unknown = Array.isArray(model.config) ? { layers: model.config } : model.config;
  const settings = settingsOf(config, `${fileName}: the model`);
  const name = settings.text('name', 'model');
  const list = settings.raw('layers');
  if (!Array.isArray(list) || list.length === 0) return settings.fail('has no layers');
  if (list.length > MAX_LAYERS) return settings.fail(`has more than ${MAX_LAYERS} layers`);
  const isSequential = className === 'Sequential';
  const hasInput = isRecord(list[0]) && list[0].class_name === 'InputLayer';
  const entries = list.map((entry, i) => readEntry(entry, isSequential && hasInput ? i - 1 : i, fileName));
  const topology = isSequential ? sequential(name, entries, settings) : functional(name, entries, settings);
  requireUniqueNames(topology, settings);
  return topology;
}

function readEntry(entry: unknown, index: number, fileName: string): Entry {
  const where = index < 0 ? 'input' : `layer ${index}`;
  const fail = (message: string): never => {
    throw inputError(`${fileName}: ${where} ${message}`);
  };
  if (!isRecord(entry) || typeof entry.class_name !== 'string' || !isRecord(entry.config))
    return fail('of model_config is not described');
  const { class_name: className, config, module, registered_name: registeredName } = entry;
  const name = entry.name ?? config.name;
  if (typeof name !== 'string' || name === '') return fail(`(${shortened(className)}) has no name`);
  const label = `${shortened(name)} (${shortened(className)})`;
  if (MODELS.has(className))
    return fail(`${label} is a whole model inside the model; build the network from its layers instead`);
  const isCustom =
    (typeof module === 'string' && !module.startsWith('keras')) ||
    (typeof registeredName === 'string' && registeredName !== className);
  if (isCustom || (className !== 'InputLayer' && !isKerasClass(className)))
    return fail(
      `${label} is ${isCustom ? 'a custom layer' : 'of a class'} that cannot be imported; supported are ${supportedClasses()}`,
    );
  const settings = settingsOf(config, `${fileName}: ${where} ${label}`);
  requireFloat32(settings);
  return { name, className: className as Entry['className'], settings, inboundNodes: entry.inbound_nodes };
}

/** A dtype is a name, or a policy `{class_name, config: {name}}`. */
function requireFloat32(settings: Settings): void {
  const dtype = settings.raw('dtype') ?? 'float32';
  const name = isRecord(dtype) && isRecord(dtype.config) ? dtype.config.name : dtype;
  if (name !== 'float32')
    settings.fail(
      `computes in ${shown(name)}; only float32 models can be imported, so build it with dtype float32`,
    );
}

function sequential(name: string, entries: readonly Entry[], settings: Settings): Topology {
  const first = entries[0]!;
  const hasInput = first.className === 'InputLayer';
  const input: NetworkLayer = hasInput
    ? { index: null, ...layerOf(first, []) }
    : {
        index: null,
        name: `${first.name}_input`,
        className: 'InputLayer',
        settings: first.settings.raw('batch_input_shape') == null ? buildShape(settings) : first.settings,
        inputs: [],
      };
  const chain = hasInput ? entries.slice(1) : entries;
  const layers = chain.map((entry, index): NetworkLayer => {
    if (entry.className === 'InputLayer') return entry.settings.fail('is a second input');
    if (mergesInputs(entry.className)) return entry.settings.fail('needs several inputs');
    return { index, ...layerOf(entry, [(chain[index - 1] ?? input).name]) };
  });
  return { name, layers: [input, ...layers], output: (layers.at(-1) ?? input).name };
}

/** The input of a Sequential model that was built on data: its shape is in the model's config. */
const buildShape = (settings: Settings): Settings =>
  settingsOf({ batch_shape: settings.raw('build_input_shape') }, settings.where);

const layerOf = (
  { name, className, settings }: Entry,
  inputs: readonly string[],
  operands?: readonly Operand[],
) => ({ name, className, settings, inputs, ...(operands && { operands }) });

function functional(name: string, entries: readonly Entry[], settings: Settings): Topology {
  const ends = (key: string): readonly Reference[] =>
    referencesIn(settings.raw(key)) ?? settings.fail(`its config has no readable ${key}`);
  const inputs = ends('input_layers');
  const outputs = ends('output_layers');
  const [input] = inputs;
  const [output] = outputs;
  const list = (references: readonly Reference[]) =>
    references
      .map(({ layer }) => layer)
      .join(', ')
      .slice(0, 200) || 'none';
  if (input === undefined || inputs.length !== 1)
    return settings.fail(`has ${inputs.length} inputs (${list(inputs)}); models with one can be imported`);
  if (output === undefined || outputs.length !== 1)
    return settings.fail(`has ${outputs.length} outputs (${list(outputs)}); models with one can be imported`);
  const names = new Set(entries.map((entry) => entry.name));
  const read = entries.map((entry): NetworkLayer => {
    if (entry.className === 'InputLayer') {
      if (entry.name !== input.layer)
        entry.settings.fail('is a second input; models with one can be imported');
      return { index: 0, ...layerOf(entry, []) };
    }
    const { inputs: inbound, operands } = readingsOf(entry, names);
    return { index: 0, ...layerOf(entry, inbound, operands) };
  });
  const layers = indexed(read);
  const isInput = entries.some(({ name, className }) => className === 'InputLayer' && name === input.layer);
  if (!isInput) return settings.fail(`has no InputLayer ${shortened(input.layer)}`);
  if (!names.has(output.layer))
    return settings.fail(`its output ${shortened(output.layer)} is not a layer of it`);
  return { name, layers: inRunningOrder(layers, settings), output: output.layer };
}

/** Keras 2 has layers for operators; those of Keras 3 are not in `model.layers` and come after them. */
function indexed(layers: readonly NetworkLayer[]): NetworkLayer[] {
  const isOutside = ({ operands, className }: NetworkLayer): boolean =>
    operands !== undefined && className !== 'TFOpLambda';
  const listed = [...layers.filter((layer) => !isOutside(layer)), ...layers.filter(isOutside)];
  const indices = new Map(listed.map((layer, index) => [layer, index]));
  return layers.map((layer) => ({ ...layer, index: indices.get(layer)! }));
}

function readingsOf(
  { inboundNodes, className, settings }: Entry,
  names: ReadonlySet<string>,
): Pick<NetworkLayer, 'inputs' | 'operands'> {
  const nodes: readonly unknown[] = Array.isArray(inboundNodes) ? inboundNodes : [];
  if (nodes.length === 0) return settings.fail('is not connected to the network');
  if (nodes.length > 1)
    return settings.fail(
      `is used ${nodes.length} times; layers that share weights cannot be imported, use a layer for each place`,
    );
  const call = callOf(nodes[0]) ?? settings.fail('is called on something else than the outputs of layers');
  const unknown = call.otherArguments.filter((name) => name !== 'training' || !ignoresTraining(className));
  if (unknown.length > 0)
    settings.fail(
      `is called with ${unknown.join(', ').slice(0, 100)}, which is not supported (for an operator such as x + y, use its layer: Add()([x, y]))`,
    );
  for (const { layer, call: number, output } of call.inputs) {
    if (!names.has(layer)) settings.fail(`reads ${shortened(layer)}, which is not in the model`);
    if (number !== 0 || output !== 0)
      settings.fail(`reads a further call or output of ${shortened(layer)}; only the first is supported`);
  }
  if (call.inputs.length !== 1 && !mergesInputs(className as KerasClass))
    settings.fail(`has ${call.inputs.length} inputs; expected one`);
  if (call.operands !== undefined && !isOperator(className))
    settings.fail('is called with two arguments, which is not supported');
  return {
    inputs: call.inputs.map(({ layer }) => layer),
    ...(call.operands && {
      operands: call.operands.map((operand) => (typeof operand === 'number' ? operand : operand.layer)),
    }),
  };
}

/** The layers such that each comes after those it reads; Keras's own order is one of these and stays. */
function inRunningOrder(layers: readonly NetworkLayer[], settings: Settings): NetworkLayer[] {
  const done = new Set<string>();
  const ordered: NetworkLayer[] = [];
  for (let waiting = [...layers]; waiting.length > 0; ) {
    const blocked: NetworkLayer[] = [];
    for (const layer of waiting) {
      if (layer.inputs.every((name) => done.has(name))) {
        done.add(layer.name);
        ordered.push(layer);
      } else blocked.push(layer);
    }
    if (blocked.length === waiting.length)
      return settings.fail(`has a cycle through layer ${shortened(blocked[0]!.name)}`);
    waiting = blocked;
  }
  return ordered;
}

function requireUniqueNames({ layers }: Topology, settings: Settings): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name)) settings.fail(`has two layers called ${shortened(name)}`);
    seen.add(name);
  }
}
