import { type Node, producers, verifyGraph } from '../core/index.js';
import type { Union } from './unite.js';

/**
 * The union in the order in which its graphs run side by side: whenever the Reference has written a tensor that it shares,
 * what leads to its twins comes next. So a tensor and its twins exist at one time, and none has to be kept for long.
 */
export function sideBySide(union: Union): Union {
  const { graph, pairs } = union;
  const writers = producers(graph);
  const twins = new Map<string, string[]>();
  for (const { reference, twin } of pairs.flat())
    twins.set(reference, [...(twins.get(reference) ?? []), twin]);
  const nodes: Node[] = [];
  const taken = new Set<Node>();
  const isMissing = (writer: Node | undefined): writer is Node => writer !== undefined && !taken.has(writer);
  /** Takes a node after all that lead to it, then what leads to the twins of what it writes. */
  const take = (wanted: Node): void => {
    const waiting = [wanted];
    while (waiting.length > 0) {
      const node = waiting.at(-1)!;
      const before = node.inputs.map((name) => writers.get(name)).find(isMissing);
      if (before !== undefined) {
        waiting.push(before);
        continue;
      }
      waiting.pop();
      if (taken.has(node)) continue;
      taken.add(node);
      nodes.push(node);
      const behind = node.outputs.flatMap((name) => (twins.get(name) ?? []).map((twin) => writers.get(twin)));
      waiting.push(...behind.filter(isMissing).reverse());
    }
  };
  for (const name of graph.inputs)
    for (const writer of (twins.get(name) ?? []).map((twin) => writers.get(twin)))
      if (isMissing(writer)) take(writer);
  for (const node of graph.nodes) take(node);
  return { ...union, graph: verifyGraph({ ...graph, nodes }) };
}
