import { createHash } from 'node:crypto';
import type { Attributes, Graph, Node, Tensor, TensorData } from '../core/index.js';
import { tensorOf, verifyGraph } from '../core/index.js';
import { sharedTensors } from '../sqnr/index.js';

/** A tensor of the Reference and its twin in another graph, both by their names in the union. */
export interface Pair {
  readonly reference: string;
  readonly twin: string;
}

/** Several graphs in one, in which nothing is computed twice. */
export interface Union {
  /** The nodes of the Reference, then of each other graph those that no earlier graph has. */
  readonly graph: Graph;
  /** The output of the Reference, then of each other graph. */
  readonly outputs: readonly string[];
  /** For each other graph what it shares with the Reference by name; the same tensor twice where it has no noise. */
  readonly pairs: readonly (readonly Pair[])[];
}

/**
 * Unites a Reference and other graphs: nodes that compute the same from the same are one node. So what a graph has in
 * common with the Reference or with an earlier graph, up to the first difference, is run once. Two nodes are the same if
 * operator, attributes and numerics are, and if each tensor that they touch has the same type, shape and quantization and
 * comes from the same node, or holds the same constants. All graphs take the Reference's input.
 */
export function uniteGraphs(reference: Graph, others: readonly Graph[]): Union {
  const tensors = new Map<string, Tensor>();
  const nodes: Node[] = [];
  const known = new Map<string, readonly string[]>();
  const constants = new Map<string, string>();
  const keyOf = keys();

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
  const unite = (graph: Graph): ReadonlyMap<string, string> => {
    const names = new Map<string, string>();
    for (const name of graph.inputs) {
      const tensor = tensorOf(graph, name);
      if (!tensors.has(name)) tensors.set(name, tensor);
      names.set(name, name);
    }
    const nameOf = (name: string): string => {
      const united = names.get(name);
      if (united !== undefined) return united;
      const tensor = tensorOf(graph, name);
      const key = `${keyOf.facts(tensor)} ${keyOf.data(tensor.data!)}`;
      const constant = constants.get(key) ?? add(tensor);
      constants.set(key, constant);
      names.set(name, constant);
      return constant;
    };
    for (const node of graph.nodes) {
      const inputs = node.inputs.map(nameOf);
      const written = node.outputs.map((name) => tensorOf(graph, name));
      const key = JSON.stringify([
        node.op,
        keyOf.attributes(node.attributes),
        node.numerics ?? null,
        inputs,
        written.map(keyOf.facts),
      ]);
      let outputs = known.get(key);
      if (outputs === undefined) {
        outputs = written.map(add);
        nodes.push({ ...node, inputs, outputs });
        known.set(key, outputs);
      }
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
      (name): Pair => ({ reference: own.get(name)!, twin: united[i]!.get(name)! }),
    ),
  );
  const outputs = [reference, ...others].map(
    (graph, i) => (i === 0 ? own : united[i - 1]!).get(graph.outputs[0]!)!,
  );
  // What the Reference shares lives to the end: twins are compared with it when they are written.
  const kept = new Set([...outputs, ...pairs.flat().map((pair) => pair.reference)]);
  for (const name of reference.inputs) kept.delete(name);
  const graph: Graph = {
    name: reference.name,
    tensors,
    nodes,
    inputs: reference.inputs,
    outputs: [...kept],
  };
  return { graph: verifyGraph(graph), outputs, pairs };
}

/** Texts that are equal for equal facts of tensors, equal values of constants and equal attributes. */
function keys() {
  const hashes = new WeakMap<TensorData, string>();
  const objects = new Map<unknown, string>();
  return {
    facts: ({ dtype, shape, quantization }: Tensor): string =>
      JSON.stringify([dtype, shape, quantization ?? null]),
    data(data: TensorData): string {
      const known = hashes.get(data);
      if (known !== undefined) return known;
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const hash = createHash('sha256').update(bytes).digest('hex');
      hashes.set(data, hash);
      return hash;
    },
    /** What custom layers hold is the same if it is the same object; JSON has no −0, Infinity and NaN. */
    attributes: (attributes: Attributes): string =>
      JSON.stringify(attributes, (_, value: unknown) => {
        if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
          return `number ${Object.is(value, -0) ? '-0' : value}`;
        if (isPlain(value)) return value;
        if (!objects.has(value)) objects.set(value, `object ${objects.size}`);
        return objects.get(value);
      }),
  };
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  return Object.getPrototypeOf(value) === Object.prototype;
}
