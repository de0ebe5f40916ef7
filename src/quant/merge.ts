import { consumers, type Graph, type Node, type Tensor, tensorOf, verifyGraph } from '../core/index.js';
import { type Activation, opOf } from '../ops/index.js';
import { expandBatchNorm, expandBounds, type Select, scaleAndShift } from './expand.js';
import { foldAddition, fuseHardSwish } from './patterns.js';
import { DEFAULT_PROCESSOR, type Processor } from './reciprocal-root.js';
import { onlyReader, rewrite } from './rewrite.js';
import { eachRun } from './weights.js';

const takes = (node: Node, flag: 'merge_batch_norm' | 'merge_relu'): boolean =>
  opOf(node.op).quantization?.flags.includes(flag) ?? false;

/** The batch normalization that can be merged into a node, or undefined. Loops pass the graph's `consumers`. */
export function mergeableBatchNorm(graph: Graph, node: Node, readers = consumers(graph)): Node | undefined {
  if (!takes(node, 'merge_batch_norm') || node.attributes.activation !== 'none') return undefined;
  const reader = onlyReader(graph, readers, node);
  return reader?.op === 'batch_norm' && reader.inputs[0] === node.outputs[0] ? reader : undefined;
}

/** The ReLU or ReLU6 that can be merged into a node, or undefined. Loops pass the graph's `consumers`. */
export function mergeableActivation(graph: Graph, node: Node, readers = consumers(graph)): Node | undefined {
  if (!takes(node, 'merge_relu') || node.attributes.activation !== 'none') return undefined;
  const reader = onlyReader(graph, readers, node);
  return reader !== undefined && clampOf(reader) !== undefined ? reader : undefined;
}

/** The activation that a node is, if a kernel can apply it as a clamp. */
function clampOf({ op, attributes }: Node): Activation | undefined {
  const { min = 0, max, negativeSlope, threshold } = attributes;
  if (op !== 'relu' || negativeSlope !== 0 || threshold !== min) return undefined;
  if (min === -1 && max === 1) return 'relu_n1_to_1';
  if (min !== 0) return undefined;
  return max === null ? 'relu' : max === 6 ? 'relu6' : undefined;
}

/**
 * Gives every node constants of its own: those that several nodes read get a name, not a copy of their values, for each
 * further reader. Passes can then change a node's constants without touching another's.
 */
export function separateConstants(graph: Graph): Graph {
  const readers = new Map<string, Node>();
  const tensors = new Map(graph.tensors);
  const nodes = graph.nodes.map((node): Node => {
    const own = (name: string): string => {
      const tensor = tensorOf(graph, name);
      if (tensor.data === undefined || (readers.get(name) ?? node) === node) {
        readers.set(name, node);
        return name;
      }
      const copy = `${name}/${node.outputs[0]}`;
      tensors.set(copy, { ...tensor, name: copy });
      return copy;
    };
    return { ...node, inputs: node.inputs.map(own) };
  });
  return verifyGraph({ ...graph, tensors, nodes });
}

/**
 * Folds batch normalization into the selected layers before it: w̃ = w·γ/√(σ² + ε), b̃ = β + (b − μ)·γ/√(σ² + ε)
 * per output channel (thesis 2.3.5), every operation rounded to float32. The layer keeps its source and takes over the
 * name of the normalization's output.
 */
export function foldBatchNorm(
  graph: Graph,
  select: Select = () => true,
  processor: Processor = DEFAULT_PROCESSOR,
): Graph {
  const nodes = new Map<Node, Node | null>();
  const tensors = new Map<string, Tensor>();
  const readers = consumers(graph);
  for (const node of graph.nodes) {
    const norm = select(node) ? mergeableBatchNorm(graph, node, readers) : undefined;
    if (norm === undefined) continue;
    const { scale, shift } = scaleAndShift(graph, norm, processor);
    const weights = tensorOf(graph, node.inputs[1]!);
    const biasName = node.inputs[2] ?? `${node.inputs[1]}/folded_bias`;
    const bias = node.inputs[2] === undefined ? undefined : tensorOf(graph, node.inputs[2]);
    tensors.set(weights.name, scaleWeights(weights, opOf(node.op).quantization!.weights!.axis, scale));
    const data = shift.map((offset, channel) => {
      const own = (bias?.data as Float32Array | undefined)?.[channel] ?? 0;
      return Math.fround(offset + Math.fround(own * scale[channel]!));
    });
    tensors.set(biasName, { name: biasName, shape: [data.length], dtype: 'float32', data });
    nodes.set(node, { ...node, inputs: [node.inputs[0]!, weights.name, biasName], outputs: norm.outputs });
    nodes.set(norm, null);
  }
  return rewrite(graph, nodes, tensors);
}

function scaleWeights(weights: Tensor, axis: number, scale: Float32Array): Tensor {
  const data = (weights.data as Float32Array).slice();
  eachRun(weights.shape, axis, (channel, first, end) => {
    const factor = scale[channel]!;
    for (let i = first; i < end; i++) data[i]! *= factor;
  });
  return { ...weights, data };
}

/**
 * Moves a ReLU or ReLU6 into the selected layer before it, as the clamp at the end of its kernel (thesis 2.3.4).
 * The layer keeps its source and takes over the name of the activation's output.
 */
export function fuseActivation(graph: Graph, select: Select = () => true): Graph {
  const nodes = new Map<Node, Node | null>();
  const readers = consumers(graph);
  for (const node of graph.nodes) {
    const activation = select(node) ? mergeableActivation(graph, node, readers) : undefined;
    if (activation === undefined) continue;
    nodes.set(node, {
      ...node,
      attributes: { ...node.attributes, activation: clampOf(activation) },
      outputs: activation.outputs,
    });
    nodes.set(activation, null);
  }
  return rewrite(graph, nodes, new Map());
}

/**
 * The float graph that integer kernels replace node by node: everything merged that can be.
 * @param processor whose TensorFlow folds the batch normalizations
 */
export function mergeAll(reference: Graph, processor: Processor = DEFAULT_PROCESSOR): Graph {
  const folded = foldBatchNorm(separateConstants(reference), () => true, processor);
  const expanded = expandBounds(expandBatchNorm(folded, () => true, processor));
  return fuseHardSwish(fuseActivation(foldAddition(expanded)));
}
