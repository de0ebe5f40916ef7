import { mcnemarExact, wilsonInterval } from '../core/index.js';
import type { ResolvedEntry } from '../eval/index.js';
import type { Measured, SearchResult } from './evaluate.js';
import type { LayerSettings } from './layer-settings.js';
import { type ConfigurationCost, type CostKind, scoresOf } from './sweep.js';

/** One point between the least noise and the least cost. Fractions are of the samples. */
export interface TradePoint {
  readonly cost: ConfigurationCost;
  /** Share of the base's cost that is saved. */
  readonly saving: number;
  readonly search: Scores;
  /** Measured when the choice had been made, and not used for it. */
  readonly held_back: Scores;
}

export interface Scores {
  readonly top1: number;
  readonly top5: number;
  readonly agreement: number;
  readonly output_sqnr_db: number | null;
}

/** What the images that were held back say of the choice beside the base. */
export interface Verification {
  readonly samples: number;
  readonly top1: number;
  readonly base_top1: number;
  /** Wilson's 95 % intervals. */
  readonly interval: readonly [low: number, high: number];
  readonly base_interval: readonly [low: number, high: number];
  /** Images that only the choice, and only the base has right. */
  readonly only_chosen: number;
  readonly only_base: number;
  /** McNemar's exact test: how probable so large a difference is if neither is better. */
  readonly p_value: number;
  readonly within: boolean;
}

/** `optimize.json`: the same bytes for the same inputs. */
export interface OptimizeResults {
  readonly schema: 'qpann.optimize/1';
  readonly numerics: string;
  readonly max_drop: number;
  readonly cost: CostKind;
  readonly samples: { readonly search: number; readonly held_back: number };
  readonly reference: { readonly search: number; readonly held_back: number };
  readonly base: TradePoint;
  /** The base itself, if nothing cheaper is good enough on the images of the search. */
  readonly chosen: TradePoint;
  readonly recreation: readonly ResolvedEntry[];
  /** Layers that the choice changes. */
  readonly changes: readonly {
    readonly index: number;
    readonly layer: string;
    readonly class: string;
    readonly changed: Partial<LayerSettings>;
  }[];
  readonly verification: Verification;
  /** From the least noise to the least cost. */
  readonly points: readonly TradePoint[];
}

/** What is said of a model. @param output the tensor whose SQNR is meant */
export const scores = (result: SearchResult, measured: Measured, output: string): Scores => ({
  ...scoresOf(result, measured),
  output_sqnr_db: measured.sqnr.get(output)?.aggregateDb ?? null,
});

/** What images say of a choice beside the base. */
export function verify(
  { labels }: SearchResult,
  base: Measured,
  chosen: Measured,
  maxDrop: number,
): Verification {
  const right = ({ first }: Measured): boolean[] => first.map((answer, i) => answer === labels[i]);
  const [a, b] = [right(base), right(chosen)];
  const count = (test: (i: number) => boolean): number => labels.filter((_, i) => test(i)).length;
  const [hits, baseHits] = [count((i) => b[i]!), count((i) => a[i]!)];
  const only_chosen = count((i) => b[i]! && !a[i]!);
  const only_base = count((i) => a[i]! && !b[i]!);
  const interval = (n: number): readonly [number, number] => {
    const { low, high } = wilsonInterval(n, labels.length);
    return [low, high];
  };
  return {
    samples: labels.length,
    top1: hits / labels.length,
    base_top1: baseHits / labels.length,
    interval: interval(hits),
    base_interval: interval(baseHits),
    only_chosen,
    only_base,
    p_value: mcnemarExact(only_base, only_chosen),
    within: (baseHits - hits) / labels.length <= maxDrop + 1e-12,
  };
}
