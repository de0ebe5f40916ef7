import { type Graph, type Node, producers } from '../core/index.js';
import { type Mover, moverOf, originsOf } from '../engine/index.js';
import { keyOf, type Union } from './unite.js';

/**
 * A tensor of the Reference that holds another's elements in other places, and zeros, while its twins hold those of that one's
 * twins in the same way: so do λ and μ.
 */
export interface MovedTensor {
  /** By their names in the union. */
  readonly reference: string;
  readonly source: string;
  readonly twins: readonly { readonly twin: string; readonly source: string }[];
  readonly mover: Mover;
}

/** The tensors that need no sums of their own: padded, cut, reshaped, transposed on both sides alike. */
export function movedTensors({ graph, pairs }: Pick<Union, 'graph' | 'pairs'>): MovedTensor[] {
  const writers = producers(graph);
  const all = pairs.flat();
  const known = new Set(all.map(keyOf));
  return [...new Set(all.map(({ reference }) => reference))].flatMap((reference): MovedTensor[] => {
    const writer = writers.get(reference);
    const mover = writer && moverOf(graph, writer);
    if (mover === undefined) return [];
    const source = writer!.inputs[0]!;
    const twins = [...new Set(all.flatMap((pair) => (pair.reference === reference ? [pair.twin] : [])))];
    const sources = twins.flatMap((twin) => {
      const behind = sourceOf(graph, writers.get(twin), mover);
      const isKnown = behind !== undefined && known.has(keyOf({ reference: source, twin: behind }));
      return isKnown ? [{ twin, source: behind }] : [];
    });
    return sources.length === twins.length ? [{ reference, source, twins: sources, mover }] : [];
  });
}

/** What a node moves, if it does so as another does. */
function sourceOf(graph: Graph, node: Node | undefined, { op, site }: Mover): string | undefined {
  const isAlike = node?.op === op && JSON.stringify(node.attributes) === JSON.stringify(site.attributes);
  return isAlike && moverOf(graph, node) !== undefined ? node.inputs[0] : undefined;
}

/** Puts sums where those of their tensor's elements belong in a tensor that holds them. Keeps where that is. */
export function arranger(): (tensor: MovedTensor, values: Float64Array) => Float64Array {
  const known = new Map<string, Int32Array>();
  return ({ reference, mover }, values) => {
    const origins = known.get(reference) ?? originsOf(mover);
    known.set(reference, origins);
    const result = new Float64Array(origins.length);
    for (let i = 0; i < result.length; i++) if (origins[i]! >= 0) result[i] = values[origins[i]!]!;
    return result;
  };
}
