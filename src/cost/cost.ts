import {
  bytesPerElement,
  consumers,
  elementCount,
  type Graph,
  type Node,
  producers,
  type Tensor,
  withoutUnusedTensors,
} from '../core/index.js';
import { planGraph } from '../engine/index.js';
import { opOf, type Requantization, type Rescale, referenceKernel, siteOf } from '../ops/index.js';
import { type Estimate, type Machine, roofline } from './machine.js';

/** What a layer, or a network, costs in hardware for one sample. */
export interface Cost {
  /** Multiply-accumulates of weights with activations. */
  readonly macs: number;
  /** MACs × bits of the weights × bits of the activations; float counts as 32 bits. */
  readonly bit_operations: number;
  /** Weights and other constants, each row of them packed to their bits. */
  readonly weight_bytes: number;
  readonly bias_bytes: number;
  /** Multipliers (4 bytes) and shifts (1 byte), one or per channel; weight zero points that are not 0; tables. */
  readonly requantization_bytes: number;
  /** Activations read and written, in whole bytes per element. */
  readonly activation_bytes: number;
  /** All of these bytes, moved once: the least that a machine without fused layers can do. */
  readonly bytes_moved: number;
}

/** The cost of one layer of a graph. */
export interface LayerCost extends Cost, Partial<Estimate> {
  /** Position in Keras `model.layers`, or operator index; −1 where a node has no layer. */
  readonly index: number;
  readonly layer: string;
  /** The tensor that the layer's node writes. */
  readonly tensor: string;
}

/** The cost of a graph. */
export interface GraphCost {
  /** One for each node that stands for a layer, in running order. Conversions count with the layer that reads them. */
  readonly layers: readonly LayerCost[];
  readonly total: Cost & {
    /** The planner's peak of activations that live at the same time. */
    readonly peak_activation_bytes: number;
    /** The sum over the layers, which run one after the other. Only with a machine. */
    readonly cycles?: number;
  };
}

const BITS_OF_MULTIPLIER_AND_SHIFT = 32 + 8;

/**
 * What a graph costs in hardware: its arithmetic, its memory and, on a machine, its time. Integers that have fewer bits than
 * their type are counted with their own bits as weights, and with those of the type as activations, which nobody packs.
 * The input is taken in the form in which the first layer wants it: a conversion of the whole input is somebody else's work.
 * @param machine for an estimate of cycles
 */
export function costOf(whole: Graph, machine?: Machine): GraphCost {
  const graph = withoutInputConversions(whole);
  const owners = layerNodes(graph);
  const parts = new Map<Node, (Cost & Partial<Estimate>)[]>();
  for (const node of graph.nodes) {
    const owner = owners.get(node)!;
    const costs = parts.get(owner) ?? [];
    parts.set(owner, costs);
    costs.push(nodeCost(graph, node, machine));
  }
  const layers = [...parts].map(([{ source, outputs }, costs]): LayerCost => {
    const tensor = outputs[0]!;
    return { index: source?.index ?? -1, layer: source?.name ?? tensor, tensor, ...addCosts(costs) };
  });
  const { bound_by: _, ...total } = addCosts(layers);
  return { layers, total: { ...total, peak_activation_bytes: planGraph(graph).arenaBytes } };
}

/** The graph fed with what conversions make of its inputs, where nothing else reads them. */
function withoutInputConversions(graph: Graph): Graph {
  const readers = consumers(graph);
  const conversions = new Map<string, Node>();
  for (const name of graph.inputs) {
    const [reader, ...others] = readers.get(name) ?? [];
    const isOnly = others.length === 0 && !graph.outputs.includes(name);
    if (reader !== undefined && reader.source === undefined && isOnly) conversions.set(name, reader);
  }
  const left = new Set(conversions.values());
  return withoutUnusedTensors({
    ...graph,
    nodes: graph.nodes.filter((node) => !left.has(node)),
    inputs: graph.inputs.map((name) => conversions.get(name)?.outputs[0] ?? name),
  });
}

/** The node whose layer each node counts with: its own, or for a conversion that of the first reader, or of the writer. */
function layerNodes(graph: Graph): ReadonlyMap<Node, Node> {
  const readers = consumers(graph);
  const writers = producers(graph);
  const owners = new Map<Node, Node>();
  const forward = (node: Node): Node | undefined => {
    if (node.source !== undefined) return node;
    const reader = readers.get(node.outputs[0]!)?.[0];
    return reader && forward(reader);
  };
  const backward = (node: Node): Node | undefined => {
    if (node.source !== undefined) return node;
    const writer = writers.get(node.inputs[0]!);
    return writer && backward(writer);
  };
  for (const node of graph.nodes) owners.set(node, forward(node) ?? backward(node) ?? node);
  return owners;
}

/** The sum of costs; what bounds most of the time bounds the sum. */
export function addCosts(costs: readonly (Cost & Partial<Estimate>)[]): Cost & Partial<Estimate> {
  const sum = (key: keyof Cost): number => sumOf(costs, (cost) => cost[key]);
  const timed = costs.flatMap(({ cycles, bound_by }) =>
    cycles === undefined || bound_by === undefined ? [] : [{ cycles, bound_by }],
  );
  return {
    macs: sum('macs'),
    bit_operations: sum('bit_operations'),
    weight_bytes: sum('weight_bytes'),
    bias_bytes: sum('bias_bytes'),
    requantization_bytes: sum('requantization_bytes'),
    activation_bytes: sum('activation_bytes'),
    bytes_moved: sum('bytes_moved'),
    ...(timed.length > 0 && {
      cycles: sumOf(timed, ({ cycles }) => cycles),
      bound_by: timed.reduce((most, next) => (next.cycles > most.cycles ? next : most)).bound_by,
    }),
  };
}

function nodeCost(graph: Graph, node: Node, machine: Machine | undefined): Cost & Partial<Estimate> {
  const site = siteOf(graph, node);
  const op = opOf(node.op);
  const hasWeights = op.quantization?.weights !== undefined;
  const bias = hasWeights ? site.inputs[2] : undefined;
  const constants = new Set(site.inputs.filter(({ data }) => data !== undefined));
  const activations = new Set([...site.inputs.filter(({ data }) => data === undefined), ...site.outputs]);
  const weightBits = hasWeights ? bitsOf(site.inputs[1]!) : 0;
  const activationBits = bitsOf(site.inputs[0]!);
  const macs = op.macs(site.inputs, site.outputs, node.attributes);
  const weight_bytes = sumOf(
    [...constants].filter((tensor) => tensor !== bias),
    packedBytes,
  );
  const bias_bytes = bias === undefined ? 0 : plainBytes(bias);
  const requantization_bytes = requantizationBytes(
    referenceKernel(graph, node).requantization?.(site),
    weightBits,
  );
  const activation_bytes = sumOf([...activations], plainBytes);
  const constantBytes = weight_bytes + bias_bytes + requantization_bytes;
  return {
    macs,
    bit_operations: macs * weightBits * activationBits,
    weight_bytes,
    bias_bytes,
    requantization_bytes,
    activation_bytes,
    bytes_moved: constantBytes + activation_bytes,
    ...(machine &&
      roofline(machine, {
        macs,
        weightBits,
        activationBits,
        constantBytes,
        activationBytes: activation_bytes,
      })),
  };
}

/** Bytes of what an integer kernel rescales by. Equal values for all channels are stored once. */
function requantizationBytes(facts: Requantization | undefined, weightBits: number): number {
  if (facts === undefined) return 0;
  const isOne = (values: readonly Rescale[]): boolean =>
    values.every(
      ({ multiplier, shift }) => multiplier === values[0]!.multiplier && shift === values[0]!.shift,
    );
  const count = (rescale: Rescale | readonly Rescale[]): number =>
    !Array.isArray(rescale) || isOne(rescale) ? 1 : rescale.length;
  const rescales = sumOf(Object.values(facts.rescales), count);
  const zeroPoints = facts.weightZeroPoints ?? [];
  const stored = zeroPoints.every((zero) => zero === 0)
    ? 0
    : zeroPoints.every((zero) => zero === zeroPoints[0])
      ? 1
      : zeroPoints.length;
  const tables = sumOf(Object.values(facts.tables ?? {}), ({ byteLength }) => byteLength);
  return Math.ceil((rescales * BITS_OF_MULTIPLIER_AND_SHIFT + stored * weightBits) / 8) + tables;
}

/** Width of a tensor's elements. */
const bitsOf = ({ dtype, quantization }: Tensor): number => quantization?.bits ?? bytesPerElement(dtype) * 8;

const packedBytes = (tensor: Tensor): number => Math.ceil((elementCount(tensor.shape) * bitsOf(tensor)) / 8);
const plainBytes = ({ shape, dtype }: Tensor): number => elementCount(shape) * bytesPerElement(dtype);

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);
