import type { DType, Shape } from '../../core/index.js';
import type { Pattern } from './patterns/index.js';

/** How tensors of B were found for those of A. */
export type PairingMethod =
  /** Equal names. */
  | 'name'
  /** Same operators in the same order. */
  | 'order'
  /** A name of one that is part of exactly one name of the other. */
  | 'unique match';

/** How much of two sides was compared. */
export interface Pairing {
  readonly method: PairingMethod;
  readonly paired: number;
  /** Number of A's activations, its input included. */
  readonly tensors_a: number;
  /** Number of B's activations, or of files in the folder. */
  readonly tensors_b: number;
  /** Names or files of B that stand for no tensor of A. */
  readonly unpaired_b: readonly string[];
}

/** One element where the sides differ. */
export interface ElementDifference {
  /** Position in each dimension of A's tensor, sample first. */
  readonly index: readonly number[];
  readonly a: number;
  readonly b: number;
  /** Real values, where a and b are integers that stand for some. */
  readonly real_a?: number;
  readonly real_b?: number;
}

/** How one tensor compares. */
export interface TensorComparison {
  readonly tensor: string;
  /** What B calls it. */
  readonly name_b: string;
  /** The layer or operator of A that writes it; null for the network's input. */
  readonly source: { readonly index: number; readonly name: string; readonly class: string } | null;
  readonly shape: Shape;
  readonly shape_b: Shape;
  readonly dtype: DType;
  readonly dtype_b: DType;
  /** Real numbers were compared, not integers. */
  readonly real: boolean;
  readonly elements: number;
  readonly equal: number;
  /** Null for real numbers, and for a tensor of another shape. */
  readonly off_by_one: number | null;
  /** What differs otherwise. */
  readonly larger: number;
  /** Largest difference; null when that is no finite number, and for a tensor of another shape. */
  readonly max_abs: number | null;
  /** Largest difference relative to the larger of both; null for integers. */
  readonly max_rel: number | null;
  /** 10·log₁₀(Σa² / Σ(a − b)²) of the real values; null where they are equal or A has no signal. */
  readonly sqnr_db: number | null;
  /** The first element that differs. */
  readonly first: ElementDifference | null;
  /** It differs although all that it is computed from is equal. */
  readonly cause: boolean;
  /** What the differences of a cause look like. */
  readonly patterns: readonly Pattern[];
  /** What the two models have different at a cause: weights, scales, attributes. */
  readonly model_differences: readonly string[];
}

/** What `qpann compare` finds. */
export interface Comparison {
  readonly schema: 'qpann.compare/1';
  readonly a: string;
  readonly b: string;
  readonly samples: number;
  /** Every operator of A computed on B's values. */
  readonly isolated: boolean;
  readonly tolerance: number;
  readonly atol: number;
  readonly pairing: Pairing;
  readonly equal: boolean;
  /** The first tensor in A's order that differs. */
  readonly first: string | null;
  /** In A's order. */
  readonly tensors: readonly TensorComparison[];
}
