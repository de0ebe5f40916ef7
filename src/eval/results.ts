import type { NumericsProfile } from '../core/index.js';

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

/** `results.json`: the same bytes for the same inputs. */
export interface Results {
  readonly schema: 'qpann.results/1';
  /** Whose integer arithmetic the TFLite and the Recreated model compute in. */
  readonly numerics: NumericsProfile;
  readonly samples: number;
  readonly calibration: {
    readonly samples: number;
    readonly method: 'minmax';
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
  /** Files that could not be decoded and were left out (`--skip-bad-images`). */
  readonly skipped: readonly string[];
}
