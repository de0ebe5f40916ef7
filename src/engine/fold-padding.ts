import { type Attributes, consumers, type Graph, type Node, withoutUnusedTensors } from '../core/index.js';
import { type Border, opOf, siteOf } from '../ops/index.js';

/**
 * The graph without zeros around tensors that their readers, all of them, can put there themselves (the padding of convolutions):
 * a pass over memory less, and the same bits.
 * @param lookedAt tensors that somebody wants to see
 */
export function foldPadding(graph: Graph, lookedAt: ReadonlySet<string>): Graph {
  const readersOf = consumers(graph);
  const folded = new Map<Node, readonly Node[]>();
  for (const node of graph.nodes) {
    const borders = opOf(node.op).zeroBorders?.(siteOf(graph, node));
    const output = node.outputs[0]!;
    const readers = readersOf.get(output) ?? [];
    if (borders === undefined || readers.length === 0) continue;
    if (lookedAt.has(output) || graph.outputs.includes(output)) continue;
    const padding = readers.map((reader) => paddingItself(graph, reader, node, borders));
    if (padding.some((reader) => reader === undefined)) continue;
    folded.set(node, []);
    readers.forEach((reader, i) => {
      folded.set(reader, [padding[i]!]);
    });
  }
  if (folded.size === 0) return graph;
  const nodes = graph.nodes.flatMap((node) => folded.get(node) ?? [node]);
  return withoutUnusedTensors({ ...graph, nodes });
}

/** A reader of what a node surrounds with borders, as it does that itself; undefined where it cannot. */
function paddingItself(
  graph: Graph,
  reader: Node,
  { inputs: [input], outputs: [output] }: Node,
  borders: readonly Border[],
): Node | undefined {
  const others = reader.inputs.slice(1);
  if (others.includes(output!)) return undefined;
  const attributes = opOf(reader.op).withBorders?.(siteOf(graph, reader), borders);
  return attributes === undefined
    ? undefined
    : { ...reader, attributes: attributes as Attributes, inputs: [input!, ...others] };
}
