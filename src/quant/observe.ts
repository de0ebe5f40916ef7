import { aligned, inputError } from '../core/index.js';
import { openPlace, type Place, type Program } from '../engine/index.js';
import { type Calibrator, COUNT_BYTES, startObserver, wantsHistogram } from './calibrator.js';
import { type ChannelRanges, finderBytes, openRangeFinder } from './find-range.js';
import {
  type CountBins,
  countBins,
  type Histogram,
  type HistogramObserver,
  startHistogramIn,
} from './histogram.js';
import { type Range, rangeOf } from './parameters.js';

/** An activation whose range is wanted: a tensor of a graph, or that times a constant for each channel. */
export interface Watched {
  readonly name: string;
  /** Position of the graph in the program. */
  readonly graph: number;
  readonly tensor: string;
  readonly scale?: Float32Array;
}

/** A network compiled for calibration. Plain data: threads can share it. */
export interface CalibrationPlan {
  readonly program: Program;
  readonly calibrator: Calibrator;
  readonly watched: readonly Watched[];
}

/** What some images give. Counts are in the memory of the place that ran them. */
export interface Observed {
  /** For each image the smallest and the largest value of each activation, one behind the other. */
  readonly ends: readonly Float32Array[];
  /** For each activation the histogram of all images without its counts, where the calibrator wants one. */
  readonly histograms: readonly Omit<Histogram, 'counts'>[];
}

/** Runs images in one place of a plan. */
export interface CalibrationRunner {
  /** Forgets what was observed. */
  start(): void;
  /** Runs one image, NHWC float32. @throws QpannError that names the tensor in which a NaN shows up */
  observe(image: Float32Array): void;
  /** Since the last start; valid until the next. */
  observed(): Observed;
}

/** The ranges that follow from all images. */
export interface RangeTotals {
  /** Takes the images behind those before. */
  addEnds(observed: Observed): void;
  /** Takes what was counted in a place, in any order. */
  addCounts(observed: Observed, place: number): void;
  /** By name. */
  ranges(): ReadonlyMap<string, Range>;
}

const scaleChannels = ({ scale }: Watched): number => scale?.length ?? 0;

/** Bytes that the observation of activations takes in each place. */
export const observerBytes = (watched: readonly Watched[], calibrator: Calibrator): number =>
  countsOffset(watched) + (wantsHistogram(calibrator) ? watched.length * COUNT_BYTES : 0);

/** Where counts begin, behind what finding ranges takes. */
const countsOffset = (watched: readonly Watched[]): number =>
  aligned(finderBytes(Math.max(0, ...watched.map(scaleChannels))));

/** The counts of each activation in the bytes of a place that start at `own`. */
const countsIn = ({ program, watched }: CalibrationPlan, own: number): Float64Array[] =>
  watched.map(
    (_, i) =>
      new Float64Array(
        program.memory.buffer,
        own + countsOffset(watched) + i * COUNT_BYTES,
        COUNT_BYTES / Float64Array.BYTES_PER_ELEMENT,
      ),
  );

/** Counts in bins in the memory of a place: by the fast kernel, if there is one, what lies there too. */
export const binCounter =
  ({ kernels, memory }: Place): CountBins =>
  (bins, values, scale) => {
    if (kernels === undefined || values.buffer !== memory.buffer) countBins(bins, values, scale);
    else
      kernels.count_bins_float32(
        bins.byteOffset + bins.byteLength / 2,
        values.byteOffset,
        values.length,
        scale,
      );
  };

/** Opens one place of a plan. */
export function openCalibration(plan: CalibrationPlan, place = 0): CalibrationRunner {
  const { program, watched, calibrator } = plan;
  const opened = openPlace(program, place);
  const finder = openRangeFinder(opened, opened.own);
  const counts = wantsHistogram(calibrator) ? countsIn(plan, opened.own) : [];
  const count = binCounter(opened);
  const taps = program.plans.map((_, graph) => {
    const places = new Map<string, number[]>();
    watched.forEach(({ graph: own, tensor }, i) => {
      if (own === graph) places.set(tensor, [...(places.get(tensor) ?? []), i]);
    });
    return places;
  });
  let ends: Float32Array[] = [];
  let histograms: HistogramObserver[] = [];
  const look = (index: number, values: Float32Array, image: Float32Array): void => {
    const { scale } = watched[index]!;
    const range =
      scale === undefined ? finder.all(values) : productRange(finder.ofChannels(values, scale.length), scale);
    image[2 * index] = range.min;
    image[2 * index + 1] = range.max;
    const products = () => values.map((x, i) => x * scale![i % scale!.length]!);
    histograms[index]?.observe(scale === undefined ? values : products(), range);
  };
  return {
    start() {
      ends = [];
      for (const bins of counts) bins.fill(0);
      histograms = counts.map((bins) => startHistogramIn(bins, count));
    },
    observe(input) {
      const image = new Float32Array(2 * watched.length);
      opened.samples[0]!.forEach((model, graph) => {
        const places = taps[graph]!;
        model.run([input], {
          tap({ name }, data) {
            for (const index of places.get(name) ?? []) look(index, data as Float32Array, image);
          },
        });
      });
      const bad = watched.find((_, i) => Number.isNaN(image[2 * i]));
      if (bad !== undefined) throw inputError(`tensor ${bad.name} is not a number during calibration`);
      ends.push(image);
    },
    observed: () => ({
      ends,
      histograms: histograms.map(({ histogram: { width, min, max } }) => ({ width, min, max })),
    }),
  };
}

/** Range of x·scale: rounding keeps the order, so the ends are products of the ends. */
function productRange({ min, max }: ChannelRanges, scale: Float32Array): Range {
  const ends = new Float32Array(2 * scale.length);
  for (let c = 0; c < scale.length; c++) {
    ends[2 * c] = min[c]! * scale[c]!;
    ends[2 * c + 1] = max[c]! * scale[c]!;
  }
  return rangeOf(ends);
}

/** Totals without any image yet. */
export function openRangeTotals(plan: CalibrationPlan): RangeTotals {
  const { program, watched, calibrator } = plan;
  const observers = watched.map(() => startObserver(calibrator));
  const counts = new Map<number, Float64Array[]>();
  const countsOf = (place: number): Float64Array[] => {
    const own = program.placeStart + place * program.placeBytes + program.own;
    const known = counts.get(place) ?? countsIn(plan, own);
    counts.set(place, known);
    return known;
  };
  return {
    addEnds({ ends }) {
      for (const image of ends)
        observers.forEach((observer, i) => {
          observer.observe({ min: image[2 * i]!, max: image[2 * i + 1]! });
        });
    },
    addCounts({ histograms }, place) {
      histograms.forEach((histogram, i) => {
        observers[i]!.count({ ...histogram, counts: countsOf(place)[i]! });
      });
    },
    ranges: () =>
      new Map(
        watched.map(({ name }, i): [string, Range] => {
          const { min, max } = observers[i]!.range();
          return [name, { min: min + 0, max: max + 0 }];
        }),
      ),
  };
}
