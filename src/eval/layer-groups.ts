import { type Graph, type Node, producers } from '../core/index.js';
import { dataInputsOf } from '../ops/index.js';
import { sharedOrigins } from './layer-graph.js';

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
