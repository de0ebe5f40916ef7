import { type Graph, integerRange, type Node, producers, type Tensor, tensorOf } from '../core/index.js';
import { addCosts, type GraphCost } from '../cost/index.js';
import { dataInputsOf, opOf, type Rescale, referenceKernel, siteOf } from '../ops/index.js';
import { deadChannels, type Totals, worstChannel } from '../sqnr/index.js';
import { sharedOrigins } from './layer-graph.js';
import type { Evaluation } from './prepare.js';
import type { LayerQuantization, LayerRow, TensorQuantization } from './results.js';

/**
 * The nodes of a model that stand for one layer and end with a tensor that the Reference has too, if there is one: a ReLU
 * with a bound of its own is written as several operators, and the first of them may be merged into the layer before.
 */
export interface LayerGroup {
  readonly nodes: readonly Node[];
  /** The last, which writes what the layer hands on. */
  readonly last: Node;
  /** The nearest tensors before it that the Reference has too. */
  readonly inputs: readonly string[];
}

/** Groups the nodes of a model by layer, in running order. Conversions between layers belong to none. */
export function layerGroups(reference: Graph, graph: Graph): LayerGroup[] {
  const writers = producers(graph);
  const isShared = (name: string): boolean => reference.tensors.has(name);
  const open = new Map<number, Node[]>();
  const group = (nodes: readonly Node[]): LayerGroup => {
    const origins = nodes.flatMap(({ op, inputs }) =>
      dataInputsOf(op, inputs).flatMap((input) => sharedOrigins(graph, writers, isShared, input)),
    );
    return { nodes, last: nodes.at(-1)!, inputs: [...new Set(origins)] };
  };
  const groups: LayerGroup[] = [];
  for (const node of graph.nodes) {
    if (node.source === undefined) continue;
    const { index } = node.source;
    const nodes = [...(open.get(index) ?? []), node];
    if (node.outputs.some(isShared)) {
      groups.push(group(nodes));
      open.delete(index);
    } else open.set(index, nodes);
  }
  const position = new Map(graph.nodes.map((node, i) => [node, i]));
  const order = (a: LayerGroup, b: LayerGroup): number => position.get(a.last)! - position.get(b.last)!;
  return [...groups, ...[...open.values()].map(group)].sort(order);
}

/** A row for each layer of the Recreated model. */
export function layerRows(
  { graphs: { reference, recreated }, replaced, settings }: Evaluation,
  totals: Totals,
  cost: GraphCost,
): LayerRow[] {
  const sqnr = totals.sqnr(1);
  const writers = producers(recreated);
  const costs = new Map(cost.layers.map((layer) => [layer.tensor, layer]));
  return layerGroups(reference, recreated).map(({ nodes, last, inputs }): LayerRow => {
    const tensor = last.outputs[0]!;
    const { shape } = tensorOf(recreated, tensor);
    const { index, name, className } = last.source as NonNullable<Node['source']>;
    const channels = shape.at(-1) ?? 1;
    const lambda = totals.sums.lambda.get(tensor);
    const mu = totals.sums.mu[1]?.get(tensor);
    const worst = lambda && mu ? worstChannel(lambda, mu, channels) : null;
    return {
      index,
      layer: name,
      class: className,
      tensor,
      replaced: replaced.has(tensor),
      shape,
      inputs,
      settings: settings.get(tensor) ?? null,
      quantization: quantizationOf(recreated, writers, last),
      sqnr: {
        accumulated_db: sqnr.get(tensor)?.sqnrDb ?? null,
        worst_channel: worst && { channel: worst.channel, sqnr_db: worst.sqnrDb },
      },
      dead_channels: lambda ? deadChannels(lambda, channels) : [],
      cost: addCosts(nodes.map(({ outputs }) => costs.get(outputs[0]!)!)),
    };
  });
}

/** What the integers of a node mean; null for one that computes in float. */
function quantizationOf(
  graph: Graph,
  writers: ReadonlyMap<string, Node>,
  node: Node,
): LayerQuantization | null {
  const site = siteOf(graph, node);
  const output = site.outputs[0]!;
  const data = dataInputsOf(node.op, site.inputs);
  if (output.quantization === undefined || data.some(({ quantization }) => quantization === undefined))
    return null;
  const facts = referenceKernel(graph, node).requantization?.(site);
  const weights = opOf(node.op).quantization?.weights && site.inputs[1]!.quantization;
  const rescales = lastRescales(facts?.rescales ?? {}, weights?.scales.length === 1);
  const { min, max } = facts?.clamp ?? integerRange(output.quantization.bits, output.quantization.signed);
  const { tensor: _, ...written } = tensorQuantization(output, '');
  return {
    inputs: data.map((tensor) => tensorQuantization(tensor, unconverted(writers, tensor.name))),
    weights: weights
      ? { bits: weights.bits, axis: weights.axis, scales: weights.scales, zero_points: weights.zeroPoints }
      : null,
    output: written,
    multipliers: rescales.map(({ multiplier }) => multiplier),
    shifts: rescales.map(({ shift }) => shift),
    clamp: [min, max],
  };
}

/** The rescaling to the output, or what there is beside it. */
function lastRescales(
  rescales: Readonly<Record<string, Rescale | readonly Rescale[]>>,
  isPerTensor: boolean,
): readonly Rescale[] {
  const last = rescales.output ?? Object.values(rescales).at(-1) ?? [];
  const list = Array.isArray(last) ? last : [last as Rescale];
  return isPerTensor ? list.slice(0, 1) : list;
}

const tensorQuantization = ({ quantization }: Tensor, name: string): TensorQuantization => ({
  tensor: name,
  scale: quantization!.scales[0]!,
  zero_point: quantization!.zeroPoints[0]!,
  bits: quantization!.bits,
});

/** The tensor that conversions made `name` from. */
function unconverted(writers: ReadonlyMap<string, Node>, name: string): string {
  const writer = writers.get(name);
  return writer === undefined || writer.source !== undefined ? name : unconverted(writers, writer.inputs[0]!);
}
