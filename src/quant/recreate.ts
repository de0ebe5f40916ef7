import {
  consumers,
  formatShape,
  type Graph,
  inputError,
  type Layer,
  type Node,
  producers,
  type Quantization,
  tensorOf,
  verifyGraph,
} from '../core/index.js';
import {
  type CustomLayer,
  describeNode,
  type Flag,
  opOf,
  type QuantizationRules,
  verifyOperators,
} from '../ops/index.js';
import { calibratedSource, dataInputs, type ParameterSource, quantizationOf, rulesAt } from './assign.js';
import { expandBatchNorm, expandBounds } from './expand.js';
import { type IntegerSettings, quantizeNodes } from './integer.js';
import type { LoweredModel } from './lower.js';
import {
  foldBatchNorm,
  fuseActivation,
  mergeableActivation,
  mergeableBatchNorm,
  separateConstants,
} from './merge.js';
import type { Range } from './parameters.js';
import { foldAddition, fuseHardSwish } from './patterns.js';
import { type ChosenLayer, chooseLayers, type RecreationEntry } from './settings.js';

/** The model with chosen layers replaced, and which those are. */
export interface RecreatedModel {
  readonly graph: Graph;
  /** Names of the tensors that replaced layers write. */
  readonly replaced: ReadonlySet<string>;
  /** Hyper-parameters of every operator that integers replace, by the tensor that it writes. */
  readonly settings: ReadonlyMap<string, LayerSettings>;
}

/** The hyper-parameters that an operator takes, with every default and `auto` settled, in the spelling of a recreation config. */
export type LayerSettings = Readonly<
  Pick<RecreationEntry, 'relu_range' | 'weight_bits' | 'activation_bits'> & Partial<Record<Flag, boolean>>
>;

/** What recreation starts from. */
export interface RecreationBasis {
  readonly reference: Graph;
  readonly layers: readonly Layer[];
  /** Calibrated ranges, from `startCalibration(reference)`. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** TensorFlow Lite's choice of parameters, the default of every layer. */
  readonly lowered: LoweredModel;
}

/**
 * Copies the Reference with chosen layers replaced by integer or custom operators (thesis 4.1 and 4.2).
 * @throws QpannError for settings that do not fit the layers
 */
export function recreate(basis: RecreationBasis, config: readonly RecreationEntry[]): RecreatedModel {
  const { reference, layers } = basis;
  const chosen = chooseLayers(layers, config);
  const selection = new Map(chosen.map((choice) => [choice.layer.index, choice]));
  const main = mainOperators(reference);
  const choiceOf = (node: Node): ChosenLayer | undefined => {
    const choice = node.source && selection.get(node.source.index);
    if (choice === undefined) return undefined;
    const takesAll = choice.entry.name === undefined && choice.entry.custom === undefined;
    return takesAll || main(node) ? choice : undefined;
  };
  for (const node of reference.nodes) checkFlags(node, choiceOf(node));
  checkMerged(reference, 'merge_batch_norm', choiceOf);

  const wants = (key: 'merge_batch_norm' | 'merge_relu') => (node: Node) => {
    const choice = choiceOf(node);
    const byDefault = choice?.entry.custom === undefined ? 'auto' : false;
    return choice !== undefined && (choice.entry[key] ?? byDefault) !== false;
  };
  const folded = foldBatchNorm(separateConstants(reference), wants('merge_batch_norm'));
  const quantizes = (node: Node): boolean => isQuantized(choiceOf(node));
  const together = (node: Node): boolean => quantizes(node) && isTogether(choiceOf(node)!.entry);
  const expanded = foldAddition(expandBounds(expandBatchNorm(folded, quantizes), quantizes), together);
  checkMerged(expanded, 'merge_relu', choiceOf);
  const fused = fuseHardSwish(fuseActivation(expanded, wants('merge_relu')), together);
  const replaced = replaceCustom(fused, choiceOf);
  const hasNorm = mergedNorms(reference, folded);
  const settings = new Map<string, LayerSettings>();
  const graph = quantizeNodes(
    { ...replaced, name: `${reference.name} (recreated)` },
    (node) => {
      const choice = choiceOf(node);
      const integer = integerSettings(basis, replaced, node, choice);
      if (integer !== null)
        settings.set(
          node.outputs[0]!,
          settingsOf(node, choice!.entry, integer, hasNorm.has(node.inputs[1]!)),
        );
      return integer;
    },
    'float',
  );
  const written = graph.nodes.flatMap((node) => (choiceOf(node) === undefined ? [] : node.outputs));
  return { graph, replaced: new Set(written), settings };
}

const isQuantized = (choice: ChosenLayer | undefined): boolean =>
  choice !== undefined && choice.entry.quantized !== false && choice.entry.custom === undefined;

/** Whether an entry takes layers of every class with nothing merged otherwise than the converter does; there is no 16-bit hard-swish. */
const isTogether = ({ name, merge_batch_norm, merge_relu, activation_bits = 8 }: RecreationEntry): boolean =>
  name === undefined && merge_batch_norm !== false && merge_relu !== false && activation_bits <= 8;

/** Tells a layer's own operator from the one that its `activation=` argument became. */
function mainOperators(graph: Graph): (node: Node) => boolean {
  const first = new Map<number, string>();
  for (const { source, op } of graph.nodes)
    if (source && !first.has(source.index)) first.set(source.index, op);
  return ({ source, op }) =>
    source !== undefined && (first.get(source.index) === op || opOf(op).isActivation !== true);
}

const FLAGS: readonly Flag[] = [
  'rounding_div',
  'symmetric_weights',
  'per_channel_quantization',
  'merge_batch_norm',
  'merge_relu',
  'requantize',
];

/** A batch normalization that stands alone becomes a multiplication and this operator, which decides what it takes. */
const rulesOf = ({ op }: Node): QuantizationRules | undefined =>
  opOf(op === 'batch_norm' ? 'add' : op).quantization;

/** Whether the layer's operator computes with activations of the width that an entry asks for. */
const hasKernel = ({ op }: Node, { activation_bits: bits = 8 }: RecreationEntry): boolean =>
  op === 'batch_norm' || rulesAt(op, bits) !== undefined;

/** Refuses hyper-parameters that the layer's operator does not have. */
function checkFlags(node: Node, choice: ChosenLayer | undefined): void {
  if (choice === undefined || choice.entry.name === undefined) return;
  const { entry, entryIndex } = choice;
  const where = `recreation entry ${entryIndex}: ${describeNode(node)}`;
  const rules = rulesOf(node);
  if (rules === undefined && isQuantized(choice)) throw inputError(`${where} has no integer implementation`);
  if (isQuantized(choice) && !hasKernel(node, entry))
    throw inputError(`${where} has no implementation for activations of more than 8 bits`);
  const flags = rules?.flags ?? [];
  const wrong = FLAGS.find(
    (flag) => entry[flag] !== undefined && entry[flag] !== 'auto' && !flags.includes(flag),
  );
  if (wrong !== undefined)
    throw inputError(`${where} does not take ${wrong}; it takes ${flags.join(', ') || 'no flags'}`);
  if (entry.weight_bits !== undefined && rules?.weights === undefined)
    throw inputError(`${where} has no weights, so weight_bits means nothing`);
}

/** Refuses a merge that the config insists on where there is nothing to merge behind the last operator of the layer. */
function checkMerged(
  graph: Graph,
  key: 'merge_batch_norm' | 'merge_relu',
  choiceOf: (node: Node) => ChosenLayer | undefined,
): void {
  const last = new Map<ChosenLayer, Node>();
  for (const node of graph.nodes) {
    const choice = choiceOf(node);
    if (choice?.entry[key] === true && choice.entry.name !== undefined) last.set(choice, node);
  }
  const [find, what] =
    key === 'merge_relu'
      ? [mergeableActivation, 'ReLU or ReLU6']
      : [mergeableBatchNorm, 'batch normalization'];
  for (const [{ entryIndex }, node] of last)
    if (find(graph, node) === undefined)
      throw inputError(
        `recreation entry ${entryIndex}: ${describeNode(node)} has no ${what} to merge: ${whatFollows(graph, node)}`,
      );
}

function whatFollows(graph: Graph, node: Node): string {
  const readers = consumers(graph).get(node.outputs[0]!) ?? [];
  if (readers.length === 0) return 'it is the output';
  return `${readers.map(describeNode).join(' and ')} follow${readers.length === 1 ? 's' : ''}`;
}

/** Puts custom layers in the place of the nodes that a config gives one. */
function replaceCustom(graph: Graph, choiceOf: (node: Node) => ChosenLayer | undefined): Graph {
  const done = new Set<ChosenLayer>();
  const nodes = graph.nodes.map((node): Node => {
    const choice = choiceOf(node);
    const layer: CustomLayer | undefined = choice?.entry.custom;
    if (choice === undefined || layer === undefined) return node;
    if (done.has(choice))
      throw inputError(
        `recreation entry ${choice.entryIndex}: ${describeNode(node)} consists of several operators, and a custom layer replaces one`,
      );
    done.add(choice);
    const { shape } = tensorOf(graph, node.outputs[0]!);
    const where = `${describeNode(node)} → ${formatShape(shape)}`;
    return {
      ...node,
      op: 'custom',
      attributes: { layer, attributes: node.attributes, shape, where },
      ...(node.source && { source: { ...node.source, className: layer.name ?? node.source.className } }),
    };
  });
  return verifyOperators(verifyGraph({ ...graph, nodes }));
}

/** The weights of the nodes that a batch normalization was folded into. */
function mergedNorms(reference: Graph, folded: Graph): ReadonlySet<string> {
  const writers = producers(reference);
  const merged = folded.nodes.filter(({ op, outputs }) => writers.get(outputs[0]!)?.op !== op);
  return new Set(merged.map(({ inputs }) => inputs[1]!));
}

/** What a layer was made with, of what its operator takes. */
function settingsOf(
  node: Node,
  entry: RecreationEntry,
  chosen: IntegerSettings,
  hasNorm: boolean,
): LayerSettings {
  const { flags, weights } = opOf(node.op).quantization!;
  const isMerged = node.attributes.activation !== undefined && node.attributes.activation !== 'none';
  const values: Readonly<Record<Flag, boolean>> = {
    rounding_div: chosen.numerics.rounding === 'nearest',
    symmetric_weights: chosen.symmetricWeights,
    per_channel_quantization: chosen.perChannel,
    merge_batch_norm: hasNorm,
    merge_relu: isMerged,
    requantize: entry.requantize ?? entry.all ?? false,
  };
  return {
    ...(weights && { weight_bits: chosen.weightBits }),
    activation_bits: entry.activation_bits ?? 8,
    ...Object.fromEntries(FLAGS.flatMap((flag) => (flags.includes(flag) ? [[flag, values[flag]]] : []))),
    ...(isMerged && { relu_range: entry.relu_range ?? 'calibrated' }),
  };
}

/** The arithmetic of one chosen layer; null for one that stays in float. */
function integerSettings(
  { ranges, lowered }: RecreationBasis,
  graph: Graph,
  node: Node,
  choice: ChosenLayer | undefined,
): IntegerSettings | null {
  const rules = opOf(node.op).quantization;
  if (!isQuantized(choice) || rules === undefined || !hasKernel(node, choice!.entry)) return null;
  const { entry } = choice!;
  const weightBits = entry.weight_bits ?? 8;
  const activationBits = entry.activation_bits ?? 8;
  const wide = weightBits > 8 || activationBits > 8;
  const sourceOf = (name: string): ParameterSource =>
    lowered.parameters.get(name) ?? calibratedSource(graph, ranges, name);
  const parameters = (name: string): Quantization => quantizationOf(sourceOf(name), activationBits, wide);

  const requantizes = entry.requantize ?? entry.all ?? false;
  const keepsInput = rules.output === 'shared' || (rules.flags.includes('requantize') && !requantizes);
  const first = dataInputs(node)[0]!;
  const isFixedRelu6 = entry.relu_range === 'fixed' && node.attributes.activation === 'relu6';
  const ownOutput = (name: string): Quantization => {
    if (isFixedRelu6)
      return quantizationOf({ kind: 'range', range: { min: 0, max: 6 } }, activationBits, wide);
    if (typeof rules.output === 'object')
      return quantizationOf({ kind: 'fixed', ...rules.output }, activationBits > 8 ? 16 : 8);
    return parameters(name);
  };
  const output = keepsInput && dataInputs(node).length === 1 ? () => parameters(first) : ownOutput;
  return {
    weightBits,
    symmetricWeights: entry.symmetric_weights ?? true,
    perChannel: entry.per_channel_quantization ?? rules.weights?.perChannel ?? false,
    numerics: {
      rounding: entry.rounding_div === false ? 'floor' : 'nearest',
      accumulatorBits: wide ? 64 : 32,
    },
    input: rules.output === 'shared' ? () => output(node.outputs[0]!) : parameters,
    output,
  };
}
