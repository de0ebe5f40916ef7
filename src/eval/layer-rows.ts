import { type Graph, integerRange, type Node, producers, type Tensor, tensorOf } from '../core/index.js';
import { addCosts, type GraphCost } from '../cost/index.js';
import { dataInputsOf, opOf, type Rescale, referenceKernel, siteOf } from '../ops/index.js';
import { deadChannels, finiteDecibel, type Totals, worstChannel } from '../sqnr/index.js';
import { mergedLayers } from './layer-graph.js';
import { type LayerGroup, layerGroups } from './layer-groups.js';
import type { Evaluation } from './prepare.js';
import type { Probe } from './probe.js';
import type { LayerQuantization, LayerRow, TensorQuantization } from './results.js';

/** A row for each layer of the Recreated model. */
export function layerRows(
  { graphs: { reference, recreated }, replaced, settings }: Evaluation,
  totals: Totals,
  cost: GraphCost,
  probe: Probe,
): LayerRow[] {
  const sqnr = totals.sqnr(1);
  const writers = producers(recreated);
  const referenceWriters = producers(reference);
  const costs = new Map(cost.layers.map((layer) => [layer.tensor, layer]));
  const groups = layerGroups(reference, recreated);
  const expected = harmonicRatios(groups, probe);
  return groups.map(({ nodes, last, inputs }): LayerRow => {
    const tensor = last.outputs[0]!;
    const { shape } = tensorOf(recreated, tensor);
    const { index, name, className } = last.source as NonNullable<Node['source']>;
    const channels = shape.at(-1) ?? 1;
    const lambda = totals.lambda(1, tensor);
    const mu = totals.mu(1, tensor);
    const {
      range = null,
      histogram = null,
      clipRate = null,
      local,
      accumulator = null,
    } = probe.layers.get(tensor) ?? {};
    const worst = lambda && mu ? worstChannel(lambda, mu, channels) : null;
    return {
      index,
      layer: name,
      class: className,
      tensor,
      replaced: replaced.has(tensor),
      merged: mergedLayers(referenceWriters, last),
      shape,
      inputs,
      settings: settings.get(tensor) ?? null,
      quantization: quantizationOf(recreated, writers, last),
      range,
      histogram,
      sqnr: {
        accumulated_db: sqnr.get(tensor)?.sqnrDb ?? null,
        local_db: local?.sqnrDb ?? null,
        local_aggregate_db: local?.aggregateDb ?? null,
        harmonic_db: finiteDecibel(1 / expected.get(tensor)!),
        worst_channel: worst && { channel: worst.channel, sqnr_db: worst.sqnrDb },
      },
      clip_rate: clipRate,
      dead_channels: lambda ? deadChannels(lambda, channels) : [],
      accumulator,
      cost: addCosts(nodes.map(({ outputs }) => costs.get(outputs[0]!)!)),
    };
  });
}

/**
 * For each layer's tensor Σ 1/ξ over the layer and all that it depends on, ξ = Σλ / Σμ of each alone: noise against signal if every
 * layer adds its noise to what it is given and hands on signal and noise alike (thesis 4.4).
 */
function harmonicRatios(groups: readonly LayerGroup[], { layers }: Probe): ReadonlyMap<string, number> {
  const behind = new Map<string, ReadonlySet<string>>();
  const ratios = new Map<string, number>();
  for (const { last, inputs } of groups) {
    const tensor = last.outputs[0]!;
    const all = new Set([tensor, ...inputs.flatMap((input) => [...(behind.get(input) ?? [])])]);
    behind.set(tensor, all);
    ratios.set(
      tensor,
      [...all].reduce((sum, name) => sum + (layers.get(name)?.localNoise ?? 0), 0),
    );
  }
  return ratios;
}

/** What the integers of a node mean; null for one that computes in float. */
function quantizationOf(
  graph: Graph,
  writers: ReadonlyMap<string, Node>,
  node: Node,
): LayerQuantization | null {
  const site = siteOf(graph, node);
  const output = site.outputs[0]!;
  const data = dataInputsOf(node.op, site.inputs);
  if (output.quantization === undefined || data.some(({ quantization }) => quantization === undefined))
    return null;
  const facts = referenceKernel(graph, node).requantization?.(site);
  const weights = opOf(node.op).quantization?.weights && site.inputs[1]!.quantization;
  const rescales = lastRescales(facts?.rescales ?? {}, weights?.scales.length === 1);
  const { min, max } = facts?.clamp ?? integerRange(output.quantization.bits, output.quantization.signed);
  const { tensor: _, ...written } = tensorQuantization(output, '');
  return {
    inputs: data.map((tensor) => tensorQuantization(tensor, unconverted(writers, tensor.name))),
    weights: weights
      ? { bits: weights.bits, axis: weights.axis, scales: weights.scales, zero_points: weights.zeroPoints }
      : null,
    output: written,
    multipliers: rescales.map(({ multiplier }) => multiplier),
    shifts: rescales.map(({ shift }) => shift),
    clamp: [min, max],
  };
}

/** The rescaling to the output, or what there is beside it. */
function lastRescales(
  rescales: Readonly<Record<string, Rescale | readonly Rescale[]>>,
  isPerTensor: boolean,
): readonly Rescale[] {
  const last = rescales.output ?? Object.values(rescales).at(-1) ?? [];
  const list = Array.isArray(last) ? last : [last as Rescale];
  return isPerTensor ? list.slice(0, 1) : list;
}

const tensorQuantization = ({ quantization }: Tensor, name: string): TensorQuantization => ({
  tensor: name,
  scale: quantization!.scales[0]!,
  zero_point: quantization!.zeroPoints[0]!,
  bits: quantization!.bits,
});

/** The tensor that conversions made `name` from. */
function unconverted(writers: ReadonlyMap<string, Node>, name: string): string {
  const writer = writers.get(name);
  return writer === undefined || writer.source !== undefined ? name : unconverted(writers, writer.inputs[0]!);
}
