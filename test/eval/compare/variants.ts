import { type Graph, type Node, type Tensor, tensorOf, verifyGraph } from '../../../src/core/index.js';
import {
  type CompareOptions,
  type Comparison,
  compareWith,
  inputFor,
  otherModel,
} from '../../../src/eval/index.js';
import { type Network, networkBuilder, noisyValues } from '../../networks.js';
import { basisOf } from '../../quant/run.js';

const SHAPE = [1, 12, 10, 3];

/** A network of what real ones are made of, large enough for statistics. */
export function deepNet(seed: number): Network {
  const net = networkBuilder(seed, SHAPE);
  const stem = net.relu(net.conv('image', 'conv', 16), 'conv_relu');
  const deep = net.relu(net.depthwise(stem, 'deep'), 'deep_relu', null);
  const project = net.conv(deep, 'project', 16, { size: 1 });
  const sum = net.add(stem, project, 'sum');
  const padded = net.pad(sum, 'pad');
  net.softmax(net.dense(net.mean(net.conv(padded, 'last', 8), 'mean'), 'dense', 10), 'softmax');
  return net.finish('softmax');
}

/** The network in int8, and three samples for it. */
export function int8Net(seed: number) {
  const basis = basisOf(deepNet(seed));
  return { basis, graph: basis.lowered.graph, input: { shape: [3, 12, 10, 3], data: samples(seed) } };
}
const samples = (seed: number): Float32Array => noisyValues(seed + 50, 3 * 360, 2);

/** The graph with another form of one tensor. */
export const withTensor = (graph: Graph, name: string, change: (tensor: Tensor) => Partial<Tensor>): Graph =>
  verifyGraph({
    ...graph,
    tensors: new Map(graph.tensors).set(name, { ...tensorOf(graph, name), ...change(tensorOf(graph, name)) }),
  });

/** The graph with another form of the node that writes a tensor. */
export const withNode = (graph: Graph, name: string, change: (node: Node) => Partial<Node>): Graph =>
  verifyGraph({
    ...graph,
    nodes: graph.nodes.map((node) => (node.outputs.includes(name) ? { ...node, ...change(node) } : node)),
  });

/** Compares two graphs on real samples. */
export function compareGraphs(
  a: Graph,
  b: Graph,
  input: { readonly shape: readonly number[]; readonly data: Float32Array },
  options: Partial<CompareOptions> = {},
): Comparison {
  const other = otherModel(a, { name: 'B', graph: b }, input, 'x');
  return compareWith({ name: 'A', graph: a }, inputFor(a, input, 'x'), 'x', other, {
    isolate: false,
    tolerance: 0,
    atol: 0,
    ...options,
  });
}
