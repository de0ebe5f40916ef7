import {
  elementCount,
  type Graph,
  realValues,
  sameShape,
  type Tensor,
  type TensorData,
  tensorOf,
} from '../core/index.js';
import type { Tap } from '../engine/index.js';
import { type Sqnr, sqnrOf } from './formulas.js';

/**
 * Accumulates λ of the Reference's activations and μ of other models against them, for every tensor that they share by
 * name. Sums are float32 within a block of samples and float64 across blocks: a block is short enough that float32
 * loses less than 20 · 2^−24 of a sum, and totals of any number of blocks stay exact to 2^−50.
 */
export interface Recorder {
  /** Watches a run of the Reference; must come before the other models see the same sample. */
  readonly reference: Tap;
  /** Watches runs of the other models, in the order in which their graphs were given. */
  readonly others: readonly Tap[];
  /** The sums since the last call, which it sets back to zero. */
  takeBlock(): BlockSums;
}

/** Sums over one block of samples. */
export interface BlockSums {
  /** λ of each shared tensor of the Reference. */
  readonly lambda: ReadonlyMap<string, Float32Array>;
  /** μ of each shared tensor, for each of the other models. */
  readonly mu: readonly ReadonlyMap<string, Float32Array>[];
}

const isActivation = ({ data }: Tensor): boolean => data === undefined;

/** Names of the activations that two graphs share; their shapes must agree. */
export function sharedTensors(reference: Graph, other: Graph): string[] {
  return [...reference.tensors.values()].filter(isActivation).flatMap(({ name, shape }) => {
    const twin = other.tensors.get(name);
    return twin !== undefined && isActivation(twin) && sameShape(twin.shape, shape) ? [name] : [];
  });
}

/** A recorder for one Reference and other models, tensors paired by name. */
export function startRecorder(reference: Graph, others: readonly Graph[]): Recorder {
  const shared = others.map((other) => new Set(sharedTensors(reference, other)));
  const all = new Set(shared.flatMap((names) => [...names]));
  const arrays = (names: Iterable<string>): Map<string, Float32Array> =>
    new Map(
      [...names].map((name) => [name, new Float32Array(elementCount(tensorOf(reference, name).shape))]),
    );
  const activations = arrays(all);
  const scratch = new Float32Array(Math.max(0, ...[...activations.values()].map(({ length }) => length)));
  let lambda = arrays(all);
  let mu = shared.map(arrays);
  return {
    reference(tensor, data) {
      const kept = activations.get(tensor.name);
      if (kept === undefined) return;
      kept.set(data as Float32Array);
      addSquares(lambda.get(tensor.name)!, kept);
    },
    others: shared.map((names, i) => (tensor: Tensor, data: TensorData) => {
      if (!names.has(tensor.name)) return;
      addNoise(mu[i]!.get(tensor.name)!, activations.get(tensor.name)!, realValues(tensor, data, scratch));
    }),
    takeBlock() {
      const sums = { lambda, mu };
      lambda = arrays(all);
      mu = shared.map(arrays);
      return sums;
    },
  };
}

function addSquares(sums: Float32Array, values: Float32Array): void {
  for (let i = 0; i < values.length; i++)
    sums[i] = Math.fround(sums[i]! + Math.fround(values[i]! * values[i]!));
}

function addNoise(sums: Float32Array, reference: Float32Array, values: Float32Array): void {
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.fround(reference[i]! - values[i]!);
    sums[i] = Math.fround(sums[i]! + Math.fround(difference * difference));
  }
}

/** Totals over blocks; blocks must be added in their order, so that every run adds the same numbers in the same order. */
export interface Totals {
  add(block: BlockSums): void;
  /** SQNR of each shared tensor of model `i`, by name. */
  sqnr(i: number): ReadonlyMap<string, Sqnr>;
}

/** Empty totals. */
export function startTotals(): Totals {
  const lambda = new Map<string, Float64Array>();
  const mu: Map<string, Float64Array>[] = [];
  return {
    add(block) {
      addAll(lambda, block.lambda);
      block.mu.forEach((sums, i) => {
        mu[i] ??= new Map();
        addAll(mu[i], sums);
      });
    },
    sqnr: (i) => new Map([...(mu[i] ?? [])].map(([name, sums]) => [name, sqnrOf(lambda.get(name)!, sums)])),
  };
}

function addAll(totals: Map<string, Float64Array>, sums: ReadonlyMap<string, Float32Array>): void {
  for (const [name, values] of sums) {
    const total = totals.get(name) ?? new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) total[i]! += values[i]!;
    totals.set(name, total);
  }
}
