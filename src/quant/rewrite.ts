import { type Graph, type Node, type Tensor, verifyGraph, withoutUnusedTensors } from '../core/index.js';

/** The one node that reads what `node` writes, or undefined if there are several, none, or it is an output. */
export function onlyReader(
  graph: Graph,
  readers: ReadonlyMap<string, readonly Node[]>,
  node: Node,
): Node | undefined {
  const output = node.outputs[0]!;
  const nodes = readers.get(output) ?? [];
  return nodes.length === 1 && !graph.outputs.includes(output) ? nodes[0] : undefined;
}

/** Replaces nodes one for one or by nothing, and constants by name; drops what is no longer used. */
export function rewrite(
  graph: Graph,
  nodes: ReadonlyMap<Node, Node | null>,
  tensors: ReadonlyMap<string, Tensor>,
): Graph {
  return verifyGraph(
    withoutUnusedTensors({
      ...graph,
      tensors: new Map([...graph.tensors, ...tensors]),
      nodes: graph.nodes.flatMap((node) => {
        const replacement = nodes.get(node);
        return replacement === undefined ? [node] : replacement === null ? [] : [replacement];
      }),
    }),
  );
}
