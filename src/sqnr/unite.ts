import {
  type Graph,
  type Node,
  sameShape,
  type Tensor,
  TFLITE_NUMERICS,
  tensorOf,
  verifyGraph,
} from '../core/index.js';
import { sameConstants } from './constants.js';

const isActivation = ({ data }: Tensor): boolean => data === undefined;

/** Names of the activations that two graphs share; their shapes must agree. */
export function sharedTensors(reference: Graph, other: Graph): string[] {
  return [...reference.tensors.values()].filter(isActivation).flatMap(({ name, shape }) => {
    const twin = other.tensors.get(name);
    return twin !== undefined && isActivation(twin) && sameShape(twin.shape, shape) ? [name] : [];
  });
}

/** A tensor that the Reference shares with another graph. */
export interface Pair {
  /** In both of them. */
  readonly name: string;
  /** The Reference's and the other's by their names in the union: the same where there cannot be noise. */
  readonly reference: string;
  readonly twin: string;
}

/** The key of a pair, by which sums of noise go. */
export const keyOf = ({ reference, twin }: Pick<Pair, 'reference' | 'twin'>): string =>
  `${twin} beside ${reference}`;

/** Several graphs in one, in which nothing is computed twice. */
export interface Union {
  /** The nodes of the Reference, then of each other graph those that no earlier graph has. Its input is the Reference's. */
  readonly graph: Graph;
  /** The output of the Reference, then of each other graph. */
  readonly outputs: readonly string[];
  /** For each other graph what it shares with the Reference. */
  readonly pairs: readonly (readonly Pair[])[];
}

/**
 * Unites a Reference and other graphs: nodes that compute the same from the same are one node. So what a graph has in
 * common with the Reference or with an earlier graph, up to the first difference, is run once. Two nodes are the same if
 * operator, attributes and numerics are, and if each tensor that they touch has the same type, shape and quantization and
 * comes from the same node, or holds the same constants. All graphs take the Reference's input, quantized if they want it so.
 */
export function uniteGraphs(reference: Graph, others: readonly Graph[]): Union {
  const tensors = new Map<string, Tensor>();
  const nodes: Node[] = [];
  const known = new Map<string, readonly string[]>();
  const constants = new Map<string, string>();
  const describe = descriptions();
  const input = tensorOf(reference, reference.inputs[0]!);
  tensors.set(input.name, input);

  const newName = (wanted: string): string => {
    let name = wanted;
    for (let n = 2; tensors.has(name); n++) name = `${wanted} #${n}`;
    return name;
  };
  const add = (tensor: Tensor): string => {
    const name = newName(tensor.name);
    tensors.set(name, { ...tensor, name });
    return name;
  };
  /** What a node writes, in the union. @param inputs by their names in it */
  const apply = (node: Node, inputs: readonly string[], written: readonly Tensor[]): readonly string[] => {
    const { op, attributes, numerics = TFLITE_NUMERICS } = node;
    const key = describe.json([op, attributes, numerics, inputs, written.map(describe.facts)]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const outputs = written.map(add);
    nodes.push({ ...node, inputs, outputs });
    known.set(key, outputs);
    return outputs;
  };
  const unite = (graph: Graph): ReadonlyMap<string, string> => {
    const names = new Map<string, string>();
    for (const name of graph.inputs) {
      const tensor = tensorOf(graph, name);
      const isSame = describe.facts(tensor) === describe.facts(input);
      const quantize = { op: 'quantize', attributes: {}, inputs: [], outputs: [] };
      names.set(name, isSame ? input.name : apply(quantize, [input.name], [tensor])[0]!);
    }
    const nameOf = (name: string): string => {
      const united = names.get(name);
      if (united !== undefined) return united;
      const tensor = tensorOf(graph, name);
      const key = `${describe.facts(tensor)} ${describe.data(tensor.data!)}`;
      const constant = constants.get(key) ?? add(tensor);
      constants.set(key, constant);
      names.set(name, constant);
      return constant;
    };
    for (const node of graph.nodes) {
      const written = node.outputs.map((name) => tensorOf(graph, name));
      const outputs = apply(node, node.inputs.map(nameOf), written);
      node.outputs.forEach((name, i) => {
        names.set(name, outputs[i]!);
      });
    }
    for (const name of graph.outputs) nameOf(name);
    return names;
  };

  const own = unite(reference);
  const united = others.map(unite);
  const pairs = others.map((graph, i) =>
    sharedTensors(reference, graph).map(
      (name): Pair => ({ name, reference: own.get(name)!, twin: united[i]!.get(name)! }),
    ),
  );
  const outputs = [own, ...united].map(
    (names, i) => names.get((i === 0 ? reference : others[i - 1]!).outputs[0]!)!,
  );
  const { name, inputs } = reference;
  return {
    graph: verifyGraph({ name, tensors, nodes, inputs, outputs: [...new Set(outputs)] }),
    outputs,
    pairs,
  };
}

/** Texts that are equal for equal facts of tensors, equal values of constants and equal descriptions of nodes. */
function descriptions() {
  const constants = sameConstants();
  const objects = new Map<unknown, string>();
  /** What custom layers hold is the same if it is the same object; JSON has no −0, Infinity and NaN, and the order of names is none. */
  const json = (description: readonly unknown[]): string =>
    JSON.stringify(description, (_, value: unknown) => {
      if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
        return `number ${Object.is(value, -0) ? '-0' : value}`;
      if (isRecord(value)) return Object.fromEntries(Object.entries(value).sort(byName));
      if (isPlain(value)) return value;
      if (!objects.has(value)) objects.set(value, `object ${objects.size}`);
      return objects.get(value);
    });
  return {
    json,
    facts: ({ dtype, shape, quantization }: Tensor): string => json([dtype, shape, quantization ?? null]),
    data: constants.idOf,
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isPlain = (value: unknown): boolean =>
  typeof value !== 'function' && (typeof value !== 'object' || value === null || Array.isArray(value));
