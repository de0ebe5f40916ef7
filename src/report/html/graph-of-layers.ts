import type { LayerEdge, LayerGraph, LayerVertex } from '../../eval/layer-graph.js';
import type { StoredLayer, StoredTensor } from '../../eval/stored/index.js';

/** The graph of stored layers: a vertex for each, in their order, then one for each tensor that no layer writes. */
export function graphOfLayers(layers: readonly StoredLayer[], tensors: readonly StoredTensor[]): LayerGraph {
  const written = new Set(layers.map(({ tensor }) => tensor));
  const rows = new Map(tensors.map((row) => [row.tensor, row]));
  const vertices = layers.map(
    ({ tensor, index, layer, class: className, merged, replaced }): LayerVertex => ({
      id: tensor,
      index,
      name: layer,
      className,
      merged,
      replaced,
    }),
  );
  const sources = new Set(layers.flatMap(({ inputs }) => inputs.filter((input) => !written.has(input))));
  for (const id of sources) {
    const row = rows.get(id);
    const [index, name, className] = row ? [row.index, row.layer, row.class] : [0, id, 'Input'];
    vertices.push({ id, index, name, className, merged: [], replaced: row?.replaced ?? false });
  }
  const edges = layers.flatMap(({ tensor: to, inputs }) =>
    [...new Set(inputs)].map((from): LayerEdge => {
      const row = rows.get(from);
      return { from, to, sqnrDb: row?.sqnr_db ?? null, identical: row?.identical ?? false };
    }),
  );
  return { nodes: vertices, edges };
}
