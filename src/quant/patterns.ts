import { consumers, elementCount, type Graph, type Node, type Tensor, tensorOf } from '../core/index.js';
import { opOf } from '../ops/index.js';
import type { Select } from './expand.js';
import { onlyReader, rewrite } from './rewrite.js';

const constantAt = (graph: Graph, name: string): Tensor | undefined => {
  const tensor = tensorOf(graph, name);
  return tensor.data === undefined ? undefined : tensor;
};

/**
 * Adds constants, one or one for each channel, that are added to or subtracted from the selected layers with weights to their biases,
 * as TensorFlow's converter does (compiler/mlir/lite/transforms/optimize_patterns.td, `FuseBinaryOpWithConv`). The layer keeps its
 * source and takes over the activation and the name of the sum.
 * @param select must hold for the layer and for the sum
 */
export function foldAddition(graph: Graph, select: Select = () => true): Graph {
  const nodes = new Map<Node, Node | null>();
  const tensors = new Map<string, Tensor>();
  const readers = consumers(graph);
  for (const node of graph.nodes) {
    const takes = opOf(node.op).quantization?.flags.includes('merge_batch_norm') ?? false;
    const sum = takes && node.attributes.activation === 'none' ? onlyReader(graph, readers, node) : undefined;
    const addend = sum && addendOf(graph, node, sum);
    if (addend === undefined || !select(node) || !select(sum!)) continue;
    const [x, weights, bias] = node.inputs as [string, string, string?];
    const own = bias === undefined ? undefined : (tensorOf(graph, bias).data as Float32Array);
    const name = bias ?? `${weights}/folded_bias`;
    const data = addend.map((value, channel) => (own?.[channel] ?? 0) + value);
    tensors.set(name, { name, shape: [data.length], dtype: 'float32', data });
    const attributes = { ...node.attributes, activation: sum!.attributes.activation };
    nodes.set(node, { ...node, attributes, inputs: [x, weights, name], outputs: sum!.outputs });
    nodes.set(sum!, null);
  }
  return rewrite(graph, nodes, tensors);
}

/** What a sum or difference adds to each channel of a layer, or undefined if it is not the same for all of a channel. */
function addendOf(graph: Graph, layer: Node, sum: Node): Float32Array | undefined {
  const [output, result] = [tensorOf(graph, layer.outputs[0]!), tensorOf(graph, sum.outputs[0]!)];
  const place = sum.inputs.indexOf(output.name);
  const commutes = sum.op === 'add';
  if (!commutes && (sum.op !== 'sub' || place !== 0)) return undefined;
  const constant = constantAt(graph, sum.inputs[1 - place]!);
  if (constant?.dtype !== 'float32' || String(output.shape) !== String(result.shape)) return undefined;
  const channels = output.shape.at(-1)!;
  const count = elementCount(constant.shape);
  if (count !== 1 && (count !== channels || constant.shape.at(-1) !== channels)) return undefined;
  const values = constant.data as Float32Array;
  return Float32Array.from(
    { length: channels },
    (_, c) => (commutes ? 1 : -1) * values[count === 1 ? 0 : c]!,
  );
}

/** The input of a node whose other input is a constant with one value throughout, or undefined. */
function besideSplat(graph: Graph, { inputs }: Node, value: number): string | undefined {
  const place = inputs.findIndex((name) => {
    const constant = constantAt(graph, name);
    return constant?.dtype === 'float32' && constant.data!.every((x) => x === Math.fround(value));
  });
  return inputs.length === 2 && place >= 0 ? inputs[1 - place] : undefined;
}

/** x of a node that is relu6(x + 3), or undefined. */
const shiftedInput = (graph: Graph, node: Node | undefined): string | undefined =>
  node?.op === 'add' && node.attributes.activation === 'relu6' ? besideSplat(graph, node, 3) : undefined;

const isProduct = (node: Node | undefined): node is Node =>
  node?.op === 'mul' && node.attributes.activation === 'none';

/**
 * Writes x · (relu6(x + 3) / 6) and (x · relu6(x + 3)) / 6, where the division is a product with a constant and the ReLU6 is fused, as
 * one hard-swish, as TensorFlow's converter does (compiler/mlir/lite/transforms/optimize_patterns.td). It has the name of the last
 * product and the source of the sum.
 * @param select must hold for all three nodes
 */
export function fuseHardSwish(graph: Graph, select: Select = () => true): Graph {
  const nodes = new Map<Node, Node | null>();
  const readers = consumers(graph);
  const writers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  for (const last of graph.nodes) {
    const found = isProduct(last) ? hardSwishAt(graph, writers, last) : undefined;
    if (found === undefined || ![last, found.middle, found.sum].every(select)) continue;
    const { x, middle, sum } = found;
    const { source: _, ...rest } = last;
    const source = sum.source && { source: sum.source };
    nodes.set(last, { ...rest, op: 'hard_swish', attributes: {}, inputs: [x], ...source });
    if (onlyReader(graph, readers, middle) !== last) continue;
    nodes.set(middle, null);
    if (onlyReader(graph, readers, sum) === middle) nodes.set(sum, null);
  }
  return rewrite(graph, nodes, new Map());
}

function hardSwishAt(
  graph: Graph,
  writers: ReadonlyMap<string, Node>,
  last: Node,
): { readonly x: string; readonly middle: Node; readonly sum: Node } | undefined {
  const [a, b] = last.inputs as [string, string];
  const outer = besideSplat(graph, last, 1 / 6);
  for (const [x, gate] of [
    [a, b],
    [b, a],
  ] as const) {
    const middle = writers.get(outer ?? gate);
    if (!isProduct(middle)) continue;
    const inner = outer === undefined ? [besideSplat(graph, middle, 1 / 6)] : middle.inputs;
    for (const name of inner) {
      const sum = name === undefined ? undefined : writers.get(name);
      const source = shiftedInput(graph, sum);
      const factor = outer === undefined ? x : middle.inputs.find((other) => other !== name);
      if (source !== undefined && source === factor) return { x: source, middle, sum: sum! };
    }
  }
  return undefined;
}
