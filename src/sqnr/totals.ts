import { type Sqnr, sqnrOf } from './formulas.js';
import type { BlockSums } from './recorder.js';

/** Sums over all blocks so far. */
export interface TotalSums {
  readonly lambda: ReadonlyMap<string, Float64Array>;
  readonly mu: readonly ReadonlyMap<string, Float64Array>[];
}

/** Totals over blocks; blocks must be added in their order, so that every run adds the same numbers in the same order. */
export interface Totals {
  add(block: BlockSums): void;
  /** SQNR of each shared tensor of model `i`, by name. */
  sqnr(i: number): ReadonlyMap<string, Sqnr>;
  /** The sums themselves, which `add` changes: to be saved and started from again. */
  readonly sums: TotalSums;
}

/** Totals that begin at zero, or where others ended. */
export function startTotals(from: TotalSums = { lambda: new Map(), mu: [] }): Totals {
  const lambda = new Map(from.lambda);
  const mu = from.mu.map((sums) => new Map(sums));
  return {
    add(block) {
      addAll(lambda, block.lambda);
      block.mu.forEach((sums, i) => {
        mu[i] ??= new Map();
        addAll(mu[i], sums);
      });
    },
    sqnr: (i) => new Map([...(mu[i] ?? [])].map(([name, sums]) => [name, sqnrOf(lambda.get(name)!, sums)])),
    sums: { lambda, mu },
  };
}

function addAll(totals: Map<string, Float64Array>, sums: ReadonlyMap<string, Float32Array>): void {
  for (const [name, values] of sums) {
    const total = totals.get(name) ?? new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) total[i]! += values[i]!;
    totals.set(name, total);
  }
}
