import { type Graph, integerRange, quantizedValues, type Tensor, tensorOf } from '../core/index.js';
import { buildProgram, openPlace, type Place, type Room, roomBehind } from '../engine/index.js';
import {
  binCounter,
  type CoarseHistogram,
  coarseHistogram,
  finderBytes,
  type HistogramObserver,
  isolateLayers,
  openRangeFinder,
  type Range,
  startHistogramIn,
} from '../quant/index.js';
import {
  keyOf,
  meetingsOf,
  openRecorder,
  type Pair,
  planRecorder,
  SAMPLES_AT_ONCE,
  type Sqnr,
  sqnrOf,
} from '../sqnr/index.js';
import { type AccumulatorRange, watchAccumulators } from './accumulators.js';
import { BLOCK_SIZE } from './blocks.js';
import { collectGarbage } from './collect-garbage.js';
import { preprocessOptions } from './config/index.js';
import { layerGroups } from './layer-groups.js';
import { loadOrSkip } from './load-or-skip.js';
import { openImages } from './open-images.js';
import type { BlockOptions } from './plan-blocks.js';
import type { Evaluation } from './prepare.js';

/** Images on which accumulators are watched. */
const ACCUMULATOR_SAMPLES = 2;
const HISTOGRAM_BINS = 64;
/** Bins that values are counted in first, and their bytes. */
const BINS = 4096;
const COUNT_BYTES = BINS * Float64Array.BYTES_PER_ELEMENT;

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
  /** Memory that nobody uses. */
  readonly room?: Room;
  /** Called as images are looked at, first with 0. */
  readonly onProbed?: (done: number, total: number) => void;
}

/** Counts the values that the Reference has where a layer ends. */
interface Counts {
  look(values: Float32Array): void;
  /** What it has seen so far. */
  seen(): Pick<LayerProbe, 'range' | 'histogram' | 'clipRate'>;
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
  const { skipBadImages = false, kernels, cache, onProbed, room } = options;
  const groups = layerGroups(reference, recreated);
  const chosen = groups.filter(({ last }) => replaced.has(last.outputs[0]!));
  const isolated = isolateLayers(
    reference,
    recreated,
    chosen.map(({ nodes }) => nodes),
  );
  const ends = groups.map(({ last }) => last.outputs[0]!).filter((name) => reference.tensors.has(name));
  const pairs = ends.map(
    (name): Pair => ({ name, reference: name, twin: isolated.copies.get(name) ?? name }),
  );
  const plan = planRecorder({ graph: isolated.graph, pairs: [pairs] });
  const common = { ...(kernels && { kernels }), ...(room && { room }) };
  const program = buildProgram([isolated.graph], {
    ...common,
    samples: SAMPLES_AT_ONCE,
    ownBytes: plan.sumBytes + finderBytes(1) + ends.length * COUNT_BYTES,
    meetings: [meetingsOf(plan)],
  });
  collectGarbage();
  const place = openPlace(program);
  const counts = startCounts(
    ends.map((name) => tensorOf(recreated, name)),
    place,
    place.own + plan.sumBytes,
  );
  const recorder = openRecorder(plan, place, (name, values) => counts.get(name)!.look(values));
  const input = tensorOf(reference, reference.inputs[0]!);
  const first: Float32Array[] = [];
  let samples = 0;
  let waiting: Float32Array[] = [];
  const runWaiting = (): void => {
    if (waiting.length > 0) recorder.run(waiting);
    waiting = [];
  };
  const load = openImages(program, input.shape, preprocessOptions(network), cache);
  const block = images.slice(0, BLOCK_SIZE);
  onProbed?.(0, block.length);
  for (const [index, { path }] of block.entries()) {
    const image = await loadOrSkip(() => load(path), skipBadImages);
    onProbed?.(index + 1, block.length);
    if (image === null) continue;
    samples += 1;
    if (samples <= ACCUMULATOR_SAMPLES) first.push(image);
    waiting.push(image);
    if (waiting.length === SAMPLES_AT_ONCE) runWaiting();
  }
  runWaiting();
  const { sums } = recorder;
  const locals = new Map(
    pairs.flatMap((pair) => {
      const mu = sums.mu.get(keyOf(pair));
      return mu === undefined ? [] : [[pair.name, localOf(sums.lambda.get(pair.reference)!, mu)] as const];
    }),
  );
  const seen = new Map([...counts].map(([name, count]) => [name, count.seen()]));
  // In the same memory.
  const accumulators = accumulatorsOf(recreated, first, options);
  return {
    samples,
    accumulatorSamples: first.length,
    layers: new Map(
      [...seen].map(([name, values]) => {
        const accumulator = accumulators.get(name);
        const layer = { ...values, ...locals.get(name), ...(accumulator && { accumulator }) };
        return [name, layer] as const;
      }),
    ),
  };
}

/** The accumulators of a model on some images. */
function accumulatorsOf(
  graph: Graph,
  images: readonly Float32Array[],
  { kernels, room }: ProbeOptions,
): ReadonlyMap<string, AccumulatorRange> {
  const program = buildProgram([graph], { ...(kernels && { kernels }), ...(room && { room }) });
  const watch = watchAccumulators(graph, {
    ...(kernels && { kernels }),
    ...(room && { room: roomBehind(program) }),
  });
  collectGarbage();
  const [model] = openPlace(program).samples[0]!;
  const input = tensorOf(graph, graph.inputs[0]!);
  for (const image of images) model!.run([quantizedValues(input, image)], watch.observers);
  return watch.ranges();
}

/** @param start of the place's bytes where counts may lie */
function startCounts(tensors: readonly Tensor[], place: Place, start: number): ReadonlyMap<string, Counts> {
  const finder = openRangeFinder(place, start);
  const count = binCounter(place);
  return new Map(
    tensors.map((tensor, i) => {
      const bins = new Float64Array(place.memory.buffer, start + finderBytes(1) + i * COUNT_BYTES, BINS).fill(
        0,
      );
      return [tensor.name, countsOf(startHistogramIn(bins, count), limitsOf(tensor), finder.all)];
    }),
  );
}

/** Reals beyond which a tensor's quantization clips: half a step further out than its ends, values still round to these. */
function limitsOf({ quantization }: Tensor): Range | null {
  if (quantization === undefined) return null;
  const { min, max } = integerRange(quantization.bits, quantization.signed);
  const [scale, zero] = [quantization.scales[0]!, quantization.zeroPoints[0]!];
  return { min: scale * (min - zero - 0.5), max: scale * (max - zero + 0.5) };
}

function countsOf(
  observer: HistogramObserver,
  limits: Range | null,
  rangeOf: (values: Float32Array) => Range,
): Counts {
  let [clipped, all] = [0, 0];
  return {
    look(values) {
      const range = rangeOf(values);
      observer.observe(values, range);
      all += values.length;
      if (limits !== null && !(range.min >= limits.min && range.max <= limits.max))
        clipped += outside(values, limits.min, limits.max);
    },
    seen() {
      const { histogram } = observer;
      const { min, max } = histogram;
      return {
        range: min > max ? { min: 0, max: 0 } : { min, max },
        histogram: coarseHistogram(histogram, HISTOGRAM_BINS),
        clipRate: limits === null || all === 0 ? null : clipped / all,
      };
    },
  };
}

function outside(values: Float32Array, min: number, max: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! < min || values[i]! > max) count += 1;
  return count;
}

const localOf = (lambda: Float32Array, mu: Float32Array) => ({
  local: sqnrOf(lambda, mu),
  localNoise: sumOf(mu) / sumOf(lambda) || 0,
});

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
