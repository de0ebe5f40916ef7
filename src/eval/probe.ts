import {
  elementCount,
  integerRange,
  quantizedValues,
  realValues,
  type Tensor,
  type TensorData,
  tensorOf,
} from '../core/index.js';
import { loadSample } from '../data/index.js';
import { compile, type Tap } from '../engine/index.js';
import {
  type CoarseHistogram,
  coarseHistogram,
  type HistogramObserver,
  isolateLayers,
  type Range,
  startHistogram,
} from '../quant/index.js';
import { type Sqnr, sqnrOf } from '../sqnr/index.js';
import { type AccumulatorRange, watchAccumulators } from './accumulators.js';
import { BLOCK_SIZE, type BlockOptions } from './blocks.js';
import { preprocessOptions } from './config/index.js';
import { layerGroups } from './layer-groups.js';
import { loadOrSkip } from './load-or-skip.js';
import type { Evaluation } from './prepare.js';

/** Images on which accumulators are watched. */
const ACCUMULATOR_SAMPLES = 2;
const HISTOGRAM_BINS = 64;

/** What a few images tell of one layer. */
export interface LayerProbe {
  /** Of the values that the Reference has where the layer ends. */
  readonly range: Range;
  readonly histogram: CoarseHistogram;
  /** Fraction of those values that the layer's output quantization would clip; null where it has none. */
  readonly clipRate: number | null;
  /** With the Reference's own values as input; absent for a layer that was not replaced. */
  readonly local?: Sqnr;
  /** Σμ / Σλ of it. */
  readonly localNoise?: number;
  /** Absent where there is none. */
  readonly accumulator?: AccumulatorRange;
}

/** What a bounded look at the first images tells. */
export interface Probe {
  readonly samples: number;
  readonly accumulatorSamples: number;
  /** By the tensor that the layer writes. */
  readonly layers: ReadonlyMap<string, LayerProbe>;
}

/** How images are loaded, and who watches. */
export interface ProbeOptions extends BlockOptions {
  /** Called as images are looked at, first with 0. */
  readonly onProbed?: (done: number, total: number) => void;
}

/** What is counted of one layer. */
interface Counts {
  readonly histogram: HistogramObserver;
  /** Reals beyond which the output's quantization clips. */
  readonly limits: Range | null;
  clipped: number;
  seen: number;
  readonly local?: {
    readonly values: Float32Array;
    readonly lambda: Float64Array;
    readonly mu: Float64Array;
  };
}

/**
 * Looks at the layers of the Recreated model on the first block of images: every layer alone, fed by the Reference
 * (`isolateLayers`), what values the Reference has, and the accumulators of the Recreated model on the first two. It runs in one
 * thread and depends on nothing but these images.
 * @throws QpannError for an image that cannot be decoded, unless such images are skipped
 */
export async function probeLayers(evaluation: Evaluation, options: ProbeOptions = {}): Promise<Probe> {
  const { graphs, images, network, replaced } = evaluation;
  const { reference, recreated } = graphs;
  const { skipBadImages = false, kernels, cache, onProbed } = options;
  const groups = layerGroups(reference, recreated);
  const chosen = groups.filter(({ last }) => replaced.has(last.outputs[0]!));
  const isolated = isolateLayers(
    reference,
    recreated,
    chosen.map(({ nodes }) => nodes),
  );
  const counts = new Map<string, Counts>();
  for (const { last } of groups) {
    const name = last.outputs[0]!;
    if (!reference.tensors.has(name)) continue;
    counts.set(name, startCounts(tensorOf(recreated, name), isolated.copies.has(name)));
  }
  const [model, whole] = compile([isolated.graph, recreated], kernels);
  const tap = tapOf(counts, new Map([...isolated.copies].map(([name, copy]) => [copy, name])));
  const watch = watchAccumulators(recreated, kernels);
  const input = tensorOf(reference, reference.inputs[0]!);
  let samples = 0;
  const block = images.slice(0, BLOCK_SIZE);
  onProbed?.(0, block.length);
  for (const [index, { path }] of block.entries()) {
    const load = () => loadSample(path, input.shape, preprocessOptions(network), cache ? { cache } : {});
    const image = await loadOrSkip(load, skipBadImages);
    onProbed?.(index + 1, block.length);
    if (image === null) continue;
    model!.run([image], { tap });
    if (samples < ACCUMULATOR_SAMPLES)
      whole!.run([quantizedValues(tensorOf(recreated, recreated.inputs[0]!), image)], watch.observers);
    samples += 1;
  }
  const accumulators = watch.ranges();
  return {
    samples,
    accumulatorSamples: Math.min(samples, ACCUMULATOR_SAMPLES),
    layers: new Map(
      [...counts].map(([name, count]) => [name, finish(count, accumulators.get(name))] as const),
    ),
  };
}

function startCounts({ shape, quantization }: Tensor, hasLocal: boolean): Counts {
  const length = elementCount(shape);
  const sums = () => new Float64Array(length);
  let limits: Range | null = null;
  if (quantization !== undefined) {
    const { min, max } = integerRange(quantization.bits, quantization.signed);
    const [scale, zero] = [quantization.scales[0]!, quantization.zeroPoints[0]!];
    // Half a step further out, values still round to the last integer.
    limits = { min: scale * (min - zero - 0.5), max: scale * (max - zero + 0.5) };
  }
  return {
    histogram: startHistogram(),
    limits,
    clipped: 0,
    seen: 0,
    ...(hasLocal && { local: { values: new Float32Array(length), lambda: sums(), mu: sums() } }),
  };
}

/** @param originals for each isolated copy the tensor of the Reference that it stands for */
function tapOf(counts: ReadonlyMap<string, Counts>, originals: ReadonlyMap<string, string>): Tap {
  let scratch = new Float32Array();
  return (tensor, data) => {
    const count = counts.get(tensor.name);
    if (count !== undefined) return look(count, data as Float32Array);
    const local = counts.get(originals.get(tensor.name) ?? '')?.local;
    if (local === undefined) return;
    if (scratch.length < data.length) scratch = new Float32Array(data.length);
    addNoise(local, realValues(tensor, data as TensorData, scratch));
  };
}

/** Counts the Reference's values. */
function look(count: Counts, values: Float32Array): void {
  count.histogram.observe(values);
  count.seen += values.length;
  if (count.limits !== null) {
    const { min, max } = count.limits;
    const { min: lowest, max: highest } = count.histogram.histogram;
    if (lowest < min || highest > max) count.clipped += outside(values, min, max);
  }
  count.local?.values.set(values);
}

function outside(values: Float32Array, min: number, max: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! < min || values[i]! > max) count += 1;
  return count;
}

/** Adds λ and μ of one sample. */
function addNoise({ values, lambda, mu }: NonNullable<Counts['local']>, own: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const noise = value - own[i]!;
    lambda[i]! += value * value;
    mu[i]! += noise * noise;
  }
}

function finish(
  { histogram: { histogram }, limits, clipped, seen, local }: Counts,
  accumulator?: AccumulatorRange,
): LayerProbe {
  const { min, max } = histogram;
  return {
    range: min > max ? { min: 0, max: 0 } : { min, max },
    histogram: coarseHistogram(histogram, HISTOGRAM_BINS),
    clipRate: limits === null || seen === 0 ? null : clipped / seen,
    ...(local && {
      local: sqnrOf(local.lambda, local.mu),
      localNoise: sumOf(local.mu) / sumOf(local.lambda) || 0,
    }),
    ...(accumulator && { accumulator }),
  };
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
