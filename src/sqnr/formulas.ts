import { decibel } from '../core/index.js';

/** How much noise a tensor carries, over all samples. */
export interface Sqnr {
  /** 10·log₁₀(mean ξᵢ), ξᵢ = λᵢ/μᵢ over the activations with noise (thesis 4.3); null without noise or without signal. */
  readonly sqnrDb: number | null;
  /** 10·log₁₀(Σλ / Σμ), as other tools define it; null without noise or without signal. */
  readonly aggregateDb: number | null;
  /** No activation differs in any sample. */
  readonly identical: boolean;
  /** Activations that never differ; left out of the mean. */
  readonly noiseless: number;
}

type Sums = Float32Array | Float64Array;

/**
 * SQNR of a tensor from its sums over samples (thesis 4.1 to 4.3).
 * @param lambda λᵢ = Σ a_ref² of each activation
 * @param mu μᵢ = Σ (a_ref − a_other)² of each activation
 */
export function sqnrOf(lambda: Sums, mu: Sums): Sqnr {
  let ratios = 0;
  let signal = 0;
  let noise = 0;
  let noiseless = 0;
  for (let i = 0; i < lambda.length; i++) {
    signal += lambda[i]!;
    noise += mu[i]!;
    if (mu[i] === 0) noiseless += 1;
    else ratios += lambda[i]! / mu[i]!;
  }
  const noisy = lambda.length - noiseless;
  return {
    sqnrDb: finiteDecibel(ratios / noisy),
    aggregateDb: finiteDecibel(signal / noise),
    identical: noisy === 0,
    noiseless,
  };
}

/** A ratio in decibel, or null where that is not a finite number (no noise at all, or no signal). */
export function finiteDecibel(ratio: number): number | null {
  const value = decibel(ratio);
  return Number.isFinite(value) ? value : null;
}
