import type { DType, TensorData } from './dtype.js';
import type { Numerics } from './numerics.js';
import type { Quantization } from './quantization.js';
import type { Shape } from './shape.js';

/** Where a node comes from: the layer of the Keras model, or the operator of the TensorFlow Lite file. */
export interface Source {
  /** Position in Keras `model.layers`, or operator index. */
  readonly index: number;
  readonly name: string;
  /** Keras class (`Conv2D`) or TensorFlow Lite builtin (`CONV_2D`). */
  readonly className: string;
}

/** A layer of the model as its author sees it, also one that gives no node (an input, a dropout). */
export interface Layer extends Source {
  /** Name of the tensor that holds its output. */
  readonly tensor: string;
  /** Number of weights. */
  readonly parameters: number;
  /** How the file stores weights that were dequantized when it was read, such as `float16`; absent for all others. */
  readonly storedAs?: string;
}

/**
 * One value of the graph. The name is its identity: passes keep it, so a tensor of the int8 graph and the tensor of the
 * Reference that it stands for have the same name.
 */
export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly quantization?: Quantization;
  /** Present for constants only. Never written to after import. */
  readonly data?: TensorData;
}

/** What a node's attributes may hold: plain data, or a custom layer's functions. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One operator applied to tensors, by name. */
export interface Node {
  readonly op: string;
  readonly attributes: Attributes;
  /** Names of tensors; what each position means is the operator's to say. Optional inputs at the end are left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly source?: Source;
  /** Integer arithmetic of this node; TensorFlow Lite's when absent. */
  readonly numerics?: Numerics;
}

/** A network: immutable, nodes in an order in which they can run. An int8 model is a graph whose tensors carry quantization. */
export interface Graph {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly Node[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A pass: takes a graph and returns a new one. */
export type Pass = (graph: Graph) => Graph;

/** The tensor of that name. @throws Error if the graph has none (a broken graph: `verifyGraph` finds that earlier). */
export function tensorOf(graph: Graph, name: string): Tensor {
  const tensor = graph.tensors.get(name);
  if (tensor === undefined) throw new Error(`graph ${graph.name} has no tensor ${name}`);
  return tensor;
}

/** The node that writes each tensor. Graph inputs and constants have none. */
export function producers(graph: Graph): ReadonlyMap<string, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
}

/** The nodes that read each tensor, in graph order; a tensor nobody reads is missing. */
export function consumers(graph: Graph): ReadonlyMap<string, readonly Node[]> {
  const result = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const name of new Set(node.inputs)) {
      const readers = result.get(name);
      if (readers === undefined) result.set(name, [node]);
      else readers.push(node);
    }
  }
  return result;
}

/** The graph without the tensors that no node reads or writes and that are not inputs or outputs. */
export function withoutUnusedTensors(graph: Graph): Graph {
  const used = new Set([
    ...graph.inputs,
    ...graph.outputs,
    ...graph.nodes.flatMap((node) => [...node.inputs, ...node.outputs]),
  ]);
  return { ...graph, tensors: new Map([...graph.tensors].filter(([name]) => used.has(name))) };
}
