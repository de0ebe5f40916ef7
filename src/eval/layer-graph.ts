import { type Graph, type Layer, type Node, producers } from '../core/index.js';
import type { TensorRow } from './results.js';

/** A layer of a model as the SQNR graph shows it. */
export interface LayerVertex {
  /** What edges call it. */
  readonly id: string;
  /** Position in Keras `model.layers`. */
  readonly index: number;
  readonly name: string;
  readonly className: string;
  /** Names of the layers merged into it. */
  readonly merged: readonly string[];
  readonly replaced: boolean;
}

/** A tensor that goes from one layer to another. */
export interface LayerEdge {
  readonly from: string;
  readonly to: string;
  /** Null without noise (then `identical`) or without signal. */
  readonly sqnrDb: number | null;
  readonly identical: boolean;
}

/** The layers of a model and the tensors between them (thesis Figure 4.3). */
export interface LayerGraph {
  readonly nodes: readonly LayerVertex[];
  readonly edges: readonly LayerEdge[];
}

/** The layer graph of a model, edges with the SQNR of their tensors. */
export function layerGraph(
  reference: Graph,
  other: Graph,
  layers: readonly Layer[],
  rows: readonly TensorRow[],
): LayerGraph {
  const rowOf = new Map(rows.map((row) => [row.tensor, row]));
  const writers = producers(other);
  const referenceWriters = producers(reference);
  const replaced = new Set(rows.filter((row) => row.replaced).map(({ index }) => index));
  const nodes = new Map<string, LayerVertex>();
  const edges = new Map<string, LayerEdge>();
  const inputs = new Map(
    layers.filter(({ tensor }) => other.inputs.includes(tensor)).map((l) => [l.tensor, l]),
  );
  for (const name of other.inputs) {
    const { index, className } = inputs.get(name) ?? { index: -1, className: 'Input' };
    nodes.set(name, { id: name, index, name, className, merged: [], replaced: replaced.has(index) });
  }
  for (const node of other.nodes) {
    if (node.source === undefined) continue;
    const { index, name, className } = node.source;
    const id = `layer ${index}`;
    const merged = mergedLayers(referenceWriters, node);
    const known = nodes.get(id);
    nodes.set(id, {
      id,
      index,
      name,
      className,
      merged: [...(known?.merged ?? []), ...merged],
      replaced: replaced.has(index),
    });
    for (const tensor of node.inputs.flatMap((input) => origins(other, writers, input))) {
      const from = writers.get(tensor)?.source;
      const fromId = from === undefined ? tensor : `layer ${from.index}`;
      const row = rowOf.get(tensor);
      if (fromId === id) continue;
      edges.set(`${tensor} → ${id}`, {
        from: fromId,
        to: id,
        sqnrDb: row?.sqnr_db ?? null,
        identical: row?.identical ?? false,
      });
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** The activations behind a tensor: itself, or what a conversion of it was made from. Constants have none. */
export function origins(graph: Graph, writers: ReadonlyMap<string, Node>, name: string): string[] {
  const writer = writers.get(name);
  if (writer === undefined) return graph.tensors.get(name)?.data === undefined ? [name] : [];
  return writer.source === undefined
    ? writer.inputs.flatMap((input) => origins(graph, writers, input))
    : [name];
}

/** The nearest tensors behind `name`, or itself, that the models share. */
export function sharedOrigins(
  graph: Graph,
  writers: ReadonlyMap<string, Node>,
  isShared: (name: string) => boolean,
  name: string,
): string[] {
  return origins(graph, writers, name).flatMap((origin) =>
    isShared(origin)
      ? [origin]
      : (writers.get(origin)?.inputs ?? []).flatMap((input) =>
          sharedOrigins(graph, writers, isShared, input),
        ),
  );
}

/** Names of the layers of the Reference that a node took over beside its own, in network order. */
export function mergedLayers(writers: ReadonlyMap<string, Node>, node: Node): string[] {
  const names: string[] = [];
  for (let name = node.outputs[0]!; ; ) {
    const writer = writers.get(name);
    if (writer?.source === undefined || writer.source.index === node.source?.index) return names.reverse();
    names.push(writer.source.name);
    name = writer.inputs[0]!;
  }
}
