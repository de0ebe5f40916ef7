import { consumers, type Layer, type Node, producers, tensorOf } from '../core/index.js';
import { addCosts, type Cost, costOf, type Estimate, type GraphCost, type Machine } from '../cost/index.js';
import { foldBatchNorm, mergeableActivation, mergeableBatchNorm } from '../quant/index.js';
import type { ImportedModel } from './load-model.js';

/** One layer as `qpann inspect` lists it. */
export interface LayerFacts {
  readonly index: number;
  readonly name: string;
  readonly className: string;
  /** Shape of the output, batch first. */
  readonly shape: readonly number[];
  /** Number of weights. */
  readonly parameters: number;
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** How the file stores weights that are dequantized when it is read; absent where it holds what is computed with. */
  readonly storedAs?: string;
  /** What it costs in hardware, in the number format that the file computes in. */
  readonly cost: Cost & Partial<Estimate>;
  /** Names of the layers that may be merged into this one, in network order. */
  readonly merges: readonly string[];
}

/** What `qpann inspect` tells about a network. */
export interface NetworkFacts {
  readonly rows: readonly LayerFacts[];
  readonly totals: {
    readonly layers: number;
    readonly parameters: number;
    readonly macs: number;
    readonly cost: GraphCost['total'];
  };
  /** What the cycles of `cost` are estimated for. */
  readonly machine?: Machine;
}

/**
 * The layers of a network in the order of `model.layers`, and totals.
 * @param machine for an estimate of cycles
 */
export function inspectLayers({ graph, layers }: ImportedModel, machine?: Machine): NetworkFacts {
  const cost = costOf(graph, machine);
  const folded = foldBatchNorm(graph);
  const writers = producers(folded);
  const [readers, foldedReaders] = [consumers(graph), consumers(folded)];
  const mergesOf = ({ index, name }: Layer): string[] =>
    graph.nodes
      .filter(({ source }) => source?.index === index)
      .flatMap((node) => {
        const norm = mergeableBatchNorm(graph, node, readers);
        const merged = writers.get((norm ?? node).outputs[0]!);
        const activation = merged && mergeableActivation(folded, merged, foldedReaders);
        return [norm, activation].flatMap((follower: Node | undefined) => {
          const follows = follower?.source?.name;
          return follows === undefined ? [] : follows === name ? [`its ${follower!.op}`] : [follows];
        });
      });
  const rows = layers.map((layer): LayerFacts => {
    const own = addCosts(cost.layers.filter(({ index }) => index === layer.index));
    return {
      index: layer.index,
      name: layer.name,
      className: layer.className,
      shape: tensorOf(graph, layer.tensor).shape,
      parameters: layer.parameters,
      ...(layer.storedAs !== undefined && { storedAs: layer.storedAs }),
      macs: own.macs,
      cost: own,
      merges: mergesOf(layer),
    };
  });
  const parameters = rows.reduce((total, row) => total + row.parameters, 0);
  return {
    rows,
    totals: { layers: rows.length, parameters, macs: cost.total.macs, cost: cost.total },
    ...(machine && { machine }),
  };
}
