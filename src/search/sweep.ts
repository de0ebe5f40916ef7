import { type CostAndWorth, type Graph, paretoFront, spearman } from '../core/index.js';
import { costOf, type GraphCost, type Machine } from '../cost/index.js';
import type { ResolvedEntry } from '../eval/index.js';
import type { SumKind } from '../sqnr/index.js';
import type { Measured, SearchResult } from './evaluate.js';
import type { SearchNetwork } from './network.js';
import type { Configuration } from './vary.js';

/** What configurations are judged by: SQNR of the output, top-1, or agreement with the Reference. */
export const METRICS = ['sqnr', 'top1', 'agreement'] as const;
export type Metric = (typeof METRICS)[number];

/** What configurations cost: bit-operations, bytes of weights, or cycles of a machine. */
export const COSTS = ['bitops', 'bytes', 'cycles'] as const;
export type CostKind = (typeof COSTS)[number];

/** Hardware cost of a configuration, for one image. */
export interface ConfigurationCost {
  readonly bit_operations: number;
  readonly weight_bytes: number;
  /** With a machine only. */
  readonly cycles?: number;
}

/** One configuration, as `sweep.json` holds it. Fractions are of the samples. */
export interface SweepRow {
  readonly id: string;
  readonly label: string;
  readonly recreation: readonly ResolvedEntry[];
  readonly calibrator: string;
  readonly varied: Readonly<Record<string, unknown>>;
  readonly top1: number;
  readonly top5: number;
  /** Same first class as the Reference. */
  readonly agreement: number;
  /** Null without noise. */
  readonly output_sqnr_db: number | null;
  /** The lowest SQNR of any tensor. */
  readonly worst_sqnr_db: number | null;
  readonly cost: ConfigurationCost;
}

/** How sensitive a network is to one layer. */
export interface SensitivityRow {
  readonly index: number;
  readonly layer: string;
  readonly class: string;
  /** SQNR of the output where this layer alone is quantized; the lowest if several ways were tried. */
  readonly alone_quantized_db: number | null;
  /** SQNR of the output where this layer alone is left in float. */
  readonly alone_float_db: number | null;
}

/** `sweep.json`: the same bytes for the same inputs. */
export interface SweepResults {
  readonly schema: 'qpann.sweep/1';
  readonly numerics: string;
  readonly samples: number;
  readonly metric: Metric;
  readonly cost: CostKind;
  /** Whether SQNR is that of whole tensors, 10·log₁₀(Σλ/Σμ), or the mean over activations of the thesis. */
  readonly sqnr: SumKind;
  readonly reference: { readonly top1: number; readonly top5: number };
  readonly configurations: readonly SweepRow[];
  readonly sensitivity: readonly SensitivityRow[];
  /** Rank correlation of the SQNR of the output and top-1 over the configurations that have noise. */
  readonly spearman: { readonly rho: number | null; readonly n: number };
  /** Ids of the configurations that no other beats in cost and metric, by rising cost. */
  readonly pareto: readonly string[];
  readonly skipped: readonly string[];
}

/** How a sweep is judged. */
export interface SweepJudgement {
  readonly metric: Metric;
  readonly cost: CostKind;
  readonly sums: SumKind;
  readonly machine?: Machine;
}

/** Hits and agreement of a model, as fractions. */
export function scoresOf(
  { labels, reference }: Pick<SearchResult, 'labels' | 'reference'>,
  { first, hits5 }: Measured,
): { readonly top1: number; readonly top5: number; readonly agreement: number } {
  const share = (count: number): number => count / labels.length;
  return {
    top1: share(first.filter((answer, i) => answer === labels[i]).length),
    top5: share(hits5.filter(Boolean).length),
    agreement: share(first.filter((answer, i) => answer === reference.first[i]).length),
  };
}

/** The cost of a model, for one image. */
export function configurationCost(graph: Graph, machine?: Machine): ConfigurationCost {
  const { bit_operations, weight_bytes, cycles }: GraphCost['total'] = costOf(graph, machine).total;
  return { bit_operations, weight_bytes, ...(cycles !== undefined && { cycles }) };
}

/** One of the costs. */
export const costIn = (cost: ConfigurationCost, kind: CostKind): number =>
  kind === 'bitops' ? cost.bit_operations : kind === 'bytes' ? cost.weight_bytes : cost.cycles!;

/** The metric of a configuration: the higher, the better. No noise is better than any. */
export const worthOf = (
  row: Pick<SweepRow, 'top1' | 'agreement' | 'output_sqnr_db'>,
  metric: Metric,
): number => (metric === 'sqnr' ? (row.output_sqnr_db ?? Infinity) : row[metric]);

/** Puts together what `sweep.json` holds. @param graphs of the configurations */
export function assembleSweep(
  { basis, numerics }: SearchNetwork,
  configurations: readonly Configuration[],
  graphs: readonly Graph[],
  result: SearchResult,
  { metric, cost, sums, machine }: SweepJudgement,
): SweepResults {
  const output = basis.reference.outputs[0]!;
  const rows = configurations.map(({ id, label, recreation, calibrator, varied }, i): SweepRow => {
    const measured = result.configurations[i]!;
    const decibels = [...measured.sqnr.values()].flatMap(({ sqnrDb }) => sqnrDb ?? []);
    return {
      id,
      label,
      recreation: recreation.resolved,
      calibrator,
      varied,
      ...scoresOf(result, measured),
      output_sqnr_db: measured.sqnr.get(output)?.sqnrDb ?? null,
      worst_sqnr_db: decibels.length === 0 ? null : Math.min(...decibels),
      cost: configurationCost(graphs[i]!, machine),
    };
  });
  const { top1, top5 } = scoresOf(result, result.reference);
  const noisy = rows.filter((row) => row.output_sqnr_db !== null);
  const priced = rows.map((row): CostAndWorth & { readonly id: string } => ({
    id: row.id,
    cost: costIn(row.cost, cost),
    worth: worthOf(row, metric),
  }));
  return {
    schema: 'qpann.sweep/1',
    numerics,
    samples: result.labels.length,
    metric,
    cost,
    sqnr: sums,
    reference: { top1, top5 },
    configurations: rows,
    sensitivity: sensitivityOf(basis.layers, configurations, rows),
    spearman: {
      rho: spearman(
        noisy.map((row) => row.output_sqnr_db!),
        noisy.map((row) => row.top1),
      ),
      n: noisy.length,
    },
    pareto: paretoFront(priced).map(({ id }) => id),
    skipped: result.skipped,
  };
}

function sensitivityOf(
  layers: SearchNetwork['basis']['layers'],
  configurations: readonly Configuration[],
  rows: readonly SweepRow[],
): SensitivityRow[] {
  const lowest = (index: number, kind: 'quantized' | 'float'): number | null => {
    const values = configurations.flatMap(({ alone }, i) =>
      alone?.layer === index && alone.kind === kind ? (rows[i]!.output_sqnr_db ?? []) : [],
    );
    return values.length === 0 ? null : Math.min(...values);
  };
  const tried = new Set(configurations.flatMap(({ alone }) => alone?.layer ?? []));
  return [...tried].map((index) => {
    const layer = layers.find((candidate) => candidate.index === index)!;
    return {
      index,
      layer: layer.name,
      class: layer.className,
      alone_quantized_db: lowest(index, 'quantized'),
      alone_float_db: lowest(index, 'float'),
    };
  });
}

/** What a configuration may lose, or must have, to count as good enough. */
export interface Budget {
  readonly metric: Metric;
  /** For top-1 the fraction that may be lost against the Reference; for the others the least value. */
  readonly value: number;
}

/** Whether a configuration is good enough. */
export function isWithin({ metric, value }: Budget, row: SweepRow, { reference }: SweepResults): boolean {
  if (metric === 'top1') return reference.top1 - row.top1 <= value + 1e-12;
  return worthOf(row, metric) >= value;
}
