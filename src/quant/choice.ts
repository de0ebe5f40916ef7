import {
  consumers,
  formatShape,
  type Graph,
  inputError,
  type Layer,
  type Node,
  producers,
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
import { dataInputs, rulesAt } from './assign.js';
import { expandBatchNorm, expandBounds } from './expand.js';
import {
  foldBatchNorm,
  fuseActivation,
  mergeableActivation,
  mergeableBatchNorm,
  separateConstants,
} from './merge.js';
import { foldAddition, fuseHardSwish } from './patterns.js';
import { type ChosenLayer, chooseLayers, type RecreationEntry } from './settings.js';

/** The Reference with chosen layers merged, and custom ones replaced, as a recreation config asks: what is quantized node by node. */
export interface MergedChoice {
  readonly graph: Graph;
  /** What the config says of the layer that a node belongs to, if it was chosen. */
  readonly choiceOf: (node: Node) => ChosenLayer | undefined;
  /** The weights of the nodes that a batch normalization was folded into. */
  readonly hasNorm: ReadonlySet<string>;
}

/**
 * The first half of `recreate`, which needs no ranges.
 * @throws QpannError for settings that do not fit the layers
 */
export function mergeChosen(
  reference: Graph,
  layers: readonly Layer[],
  config: readonly RecreationEntry[],
): MergedChoice {
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
  const quantizes = (node: Node): boolean => replacesByIntegers(choiceOf(node));
  const together = (node: Node): boolean => quantizes(node) && isTogether(choiceOf(node)!.entry);
  const expanded = foldAddition(expandBounds(expandBatchNorm(folded, quantizes), quantizes), together);
  checkMerged(expanded, 'merge_relu', choiceOf);
  const fused = fuseHardSwish(fuseActivation(expanded, wants('merge_relu')), together);
  return { graph: replaceCustom(fused, choiceOf), choiceOf, hasNorm: mergedNorms(reference, folded) };
}

/** Names of the activations whose ranges `recreate` may ask for: those that integer operators read or write. */
export const rangesNeeded = ({ graph, choiceOf }: MergedChoice): ReadonlySet<string> =>
  new Set(
    graph.nodes
      .filter((node) => replacesByIntegers(choiceOf(node)))
      .flatMap((node) => [...dataInputs(node), ...node.outputs]),
  );

/** Whether a choice replaces layers by integer operators. */
export const replacesByIntegers = (choice: ChosenLayer | undefined): boolean =>
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

/** Flags of a recreation config, in the order of its documentation. */
export const FLAGS: readonly Flag[] = [
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
export const hasKernel = ({ op }: Node, { activation_bits: bits = 8 }: RecreationEntry): boolean =>
  op === 'batch_norm' || rulesAt(op, bits) !== undefined;

/** Refuses hyper-parameters that the layer's operator does not have. */
function checkFlags(node: Node, choice: ChosenLayer | undefined): void {
  if (choice === undefined || choice.entry.name === undefined) return;
  const { entry, entryIndex } = choice;
  const where = `recreation entry ${entryIndex}: ${describeNode(node)}`;
  const rules = rulesOf(node);
  if (rules === undefined && replacesByIntegers(choice))
    throw inputError(`${where} has no integer implementation`);
  if (replacesByIntegers(choice) && !hasKernel(node, entry))
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
