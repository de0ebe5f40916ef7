import type { NumericsProfile } from '../core/index.js';
import type { Cost, Estimate, GraphCost, Machine } from '../cost/index.js';
import type { CalibratorName, LayerSettings } from '../quant/index.js';
import type { AccumulatorRange } from './accumulators.js';

/** The three models of an evaluation, in the order in which they run. */
export const MODEL_NAMES = ['reference', 'tflite', 'recreated'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** What one model says about one image. */
export interface Prediction {
  /** Classes by falling confidence, at most five; ties go to the lower class. */
  readonly top: readonly number[];
  /** Confidence of the first, 0 to 1. */
  readonly confidence: number;
}

/** One image and what the three models make of it. */
export interface SampleResult {
  /** File name without its folder. */
  readonly file: string;
  /** Class of the ground truth. */
  readonly label: number;
  readonly predictions: Readonly<Record<ModelName, Prediction>>;
}

/** Hits of one model. Fractions are of the samples. */
export interface Accuracy {
  readonly top1: number;
  readonly top5: number;
  readonly correct1: number;
  readonly correct5: number;
}

/** SQNR of one tensor, as `results.json` holds it. */
export interface TensorRow {
  /** Position in Keras `model.layers` of the layer that wrote the tensor. */
  readonly index: number;
  readonly layer: string;
  readonly class: string;
  /** Name of the tensor: the last of the layers that are merged. */
  readonly tensor: string;
  readonly replaced: boolean;
  readonly shape: readonly number[];
  /** Null without noise (then `identical`) or without signal. */
  readonly sqnr_db: number | null;
  readonly aggregate_db: number | null;
  /** Against the smallest SQNR among the layer's inputs; null where either is null. */
  readonly delta_db: number | null;
  readonly identical: boolean;
}

/** What the integers of a layer mean. */
export interface LayerQuantization {
  /** Data inputs as the layer's kernel reads them, called as in the Reference where it has them. */
  readonly inputs: readonly TensorQuantization[];
  /** One scale and zero point, or one of each per output channel along `axis`. */
  readonly weights: {
    readonly bits: number;
    readonly axis: number | null;
    readonly scales: readonly number[];
    readonly zero_points: readonly number[];
  } | null;
  readonly output: Omit<TensorQuantization, 'tensor'>;
  /** Of the last rescaling: one, or one per output channel; empty where the kernel does not rescale by multipliers. */
  readonly multipliers: readonly number[];
  readonly shifts: readonly number[];
  /** Smallest and largest integer that the kernel writes. */
  readonly clamp: readonly [min: number, max: number];
}

/** What the integers of one activation mean: real = scale × (q − zero_point). */
export interface TensorQuantization {
  readonly tensor: string;
  readonly scale: number;
  readonly zero_point: number;
  readonly bits: number;
}

/** SQNR of a layer's output by other measures than the mean over its activations. */
export interface LayerSqnr {
  /** With the noise of all layers before it, over all samples: the `sqnr_db` of its tensor. */
  readonly accumulated_db: number | null;
  /** Of the layer alone, fed the Reference's own values, in the probe; null where it was not replaced, or without noise. */
  readonly local_db: number | null;
  /** The same as Σλ / Σμ. */
  readonly local_aggregate_db: number | null;
  /**
   * What the layers alone let expect of all of them, as Σλ / Σμ: 1/ξ = Σ 1/ξ_local over the layer and all before it (thesis 4.4;
   * Lin, Talathi and Annapureddy 2016). Null without noise.
   */
  readonly harmonic_db: number | null;
  /** Channel of the last dimension with the lowest accumulated SQNR; null without noise. */
  readonly worst_channel: { readonly channel: number; readonly sqnr_db: number } | null;
}

/** One layer of the Recreated model, with what was merged into it. */
export interface LayerRow {
  /** Position in Keras `model.layers`. */
  readonly index: number;
  readonly layer: string;
  readonly class: string;
  /** What it writes: the tensor of the last layer that was merged. */
  readonly tensor: string;
  readonly replaced: boolean;
  /** Names of the layers merged into it, in network order. */
  readonly merged: readonly string[];
  readonly shape: readonly number[];
  /** The nearest tensors before it that the Reference has too. */
  readonly inputs: readonly string[];
  /** Hyper-parameters as they were used; null where the layer stayed in float. */
  readonly settings: LayerSettings | null;
  /** Null where the layer stayed in float. */
  readonly quantization: LayerQuantization | null;
  /** Of the values that the Reference has there, in the probe; null where it has none or nothing was probed. */
  readonly range: { readonly min: number; readonly max: number } | null;
  /** Their number in bins of equal width from `min` to `max`. */
  readonly histogram: {
    readonly min: number;
    readonly max: number;
    readonly counts: readonly number[];
  } | null;
  readonly sqnr: LayerSqnr;
  /** Fraction of those values that the output's quantization clips, beyond half a step; null in float. */
  readonly clip_rate: number | null;
  /** Channels of the last dimension that the Reference left at 0 in every sample. */
  readonly dead_channels: readonly number[];
  /** Of an integer operator with weights, in the probe; null elsewhere. */
  readonly accumulator: AccumulatorRange | null;
  readonly cost: Cost & Partial<Estimate>;
}

/** `results.json`: the same bytes for the same inputs. */
export interface Results {
  readonly schema: 'qpann.results/2';
  /** Whose integer arithmetic the TFLite and the Recreated model compute in. */
  readonly numerics: NumericsProfile;
  readonly samples: number;
  readonly calibration: {
    readonly samples: number;
    readonly method: CalibratorName;
    /** Parameters of the method; absent where it takes none. */
    readonly percentile?: number;
    readonly calibrator_bits?: number;
    readonly averaging_constant?: number;
    readonly indices: readonly number[];
  };
  readonly models: Readonly<Record<ModelName, Accuracy>>;
  /** Fraction of samples with the same first class as the Reference. */
  readonly agreement: { readonly tflite_top1: number; readonly recreated_top1: number };
  readonly sqnr: Readonly<
    Record<
      'tflite' | 'recreated',
      { readonly output_db: number | null; readonly tensors: readonly TensorRow[] }
    >
  >;
  /** The layers of the Recreated model in running order. */
  readonly layers: readonly LayerRow[];
  /** Images on which ranges, histograms, clip rates and local SQNR were taken, and those on which accumulators were. */
  readonly probe: { readonly samples: number; readonly accumulator_samples: number };
  /** What the Recreated model costs for one sample. */
  readonly cost: GraphCost['total'];
  /** What `cycles` are estimated for (`--machine`). */
  readonly machine?: Machine;
  /** Files that could not be decoded and were left out (`--skip-bad-images`). */
  readonly skipped: readonly string[];
}
