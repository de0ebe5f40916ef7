import { csv, textCell } from '../formats/csv.js';
import { type Budget, costIn, isWithin, type SweepResults, type SweepRow, worthOf } from '../search/index.js';
import { alignedLines, counted, fixed, percent, printable, shorten, signed } from './text.js';

/** What `sweepText` needs beside the results. */
export interface SweepTextOptions {
  readonly network: string;
  readonly budget?: Budget;
  /** Most configurations, and most layers, to list. 40 by default. */
  readonly rows?: number;
}

const COST_TITLES = { bitops: 'M bit-ops', bytes: 'weight bytes', cycles: 'cycles' } as const;
const METRIC_TITLES = { sqnr: 'output SQNR', top1: 'top-1', agreement: 'agreement' } as const;

const decibel = (value: number | null): string => (value === null ? '-' : fixed(value, 2));

/** What a sweep found: the most sensitive layers, all configurations, what is worth its cost. */
export function sweepText(results: SweepResults, { network, budget, rows = 40 }: SweepTextOptions): string {
  const { samples, configurations, skipped } = results;
  return [
    shorten(printable(network), 60),
    `${counted(samples, 'sample')}, ${counted(configurations.length, 'configuration')}; SQNR in dB, ${
      results.sqnr === 'tensor' ? 'of whole tensors (aggregate)' : 'mean over activations (thesis 4.3)'
    }`,
    ...(skipped.length === 0 ? [] : [`${counted(skipped.length, 'image')} could not be decoded`]),
    '',
    ...sensitivityLines(results, rows),
    ...configurationLines(results, rows, budget),
    '',
    ...paretoLines(results),
    '',
    spearmanLine(results),
    ...budgetLines(results, budget),
    '',
  ].join('\n');
}

function sensitivityLines({ sensitivity }: SweepResults, rows: number): readonly string[] {
  if (sensitivity.length === 0) return [];
  const key = (row: (typeof sensitivity)[0]): number =>
    row.alone_quantized_db ?? -(row.alone_float_db ?? -Infinity);
  const ranked = [...sensitivity].sort((a, b) => key(a) - key(b));
  return [
    'Sensitivity: SQNR of the output where one layer alone is quantized, or alone left in float. Most sensitive first.',
    ...alignedLines(
      [
        ['index', 'layer', 'class', 'quantized', 'float'],
        ...ranked
          .slice(0, rows)
          .map((row) => [
            String(row.index),
            shorten(printable(row.layer), 40),
            shorten(printable(row.class), 24),
            decibel(row.alone_quantized_db),
            decibel(row.alone_float_db),
          ]),
      ],
      ['right', 'left', 'left', 'right', 'right'],
    ),
    ...more(ranked.length - rows, 'layer'),
    '',
  ];
}

const more = (count: number, what: string): string[] => (count > 0 ? [`… ${counted(count, what)} more`] : []);

function table(results: SweepResults, rows: readonly SweepRow[], budget?: Budget): readonly string[] {
  const base = results.configurations[0]!;
  const cost = (row: SweepRow): number => costIn(row.cost, results.cost);
  const shown = (row: SweepRow): string =>
    results.cost === 'bitops' ? fixed(cost(row) / 1e6, 1) : fixed(cost(row), 0);
  return alignedLines(
    [
      [
        'configuration',
        'top-1',
        'top-5',
        'agreement',
        'output dB',
        'worst dB',
        COST_TITLES[results.cost],
        'Δ cost',
      ],
      ...rows.map((row) => [
        shorten(printable(row.label), 48),
        `${percent(row.top1, 2)}%`,
        `${percent(row.top5, 2)}%`,
        `${percent(row.agreement, 2)}%`,
        decibel(row.output_sqnr_db),
        decibel(row.worst_sqnr_db),
        shown(row),
        `${signed((cost(row) / cost(base) - 1) * 100, 1)}%${budget && isWithin(budget, row, results) ? ' ✓' : ''}`,
      ]),
    ],
    ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  );
}

function configurationLines(results: SweepResults, rows: number, budget?: Budget): readonly string[] {
  const [base, ...others] = results.configurations;
  const ranked = [...others].sort((a, b) => worthOf(b, results.metric) - worthOf(a, results.metric));
  const { top1, top5 } = results.reference;
  return [
    `Configurations, best ${METRIC_TITLES[results.metric]} first. Reference: top-1 ${percent(top1, 2)}%, top-5 ${percent(top5, 2)}%`,
    ...table(results, [base!, ...ranked.slice(0, rows)], budget),
    ...more(ranked.length - rows, 'configuration'),
  ];
}

function paretoLines(results: SweepResults): readonly string[] {
  const rowOf = new Map(results.configurations.map((row) => [row.id, row]));
  const front = results.pareto.map((id) => rowOf.get(id)!);
  return [
    `Pareto front: nothing is both cheaper and better in ${METRIC_TITLES[results.metric]}`,
    ...table(results, front),
  ];
}

function spearmanLine({ spearman: { rho, n } }: SweepResults): string {
  return rho === null
    ? `Spearman's rank correlation of output SQNR and top-1: none, all of ${counted(n, 'configuration')} with noise have the same`
    : `Spearman's rank correlation of output SQNR and top-1: ${fixed(rho, 3)} over ${counted(n, 'configuration')}`;
}

function budgetLines(results: SweepResults, budget: Budget | undefined): readonly string[] {
  if (budget === undefined) return [];
  const good = results.configurations.filter((row) => isWithin(budget, row, results));
  const [cheapest] = good.sort((a, b) => costIn(a.cost, results.cost) - costIn(b.cost, results.cost));
  return [
    cheapest === undefined
      ? 'Within the budget: none'
      : `Within the budget (✓): ${good.length} of ${results.configurations.length}; the cheapest is ${printable(cheapest.label)}`,
  ];
}

/** `sweep.csv`: a line per configuration; empty cells where `sweep.json` has null. */
export function sweepCsv({ configurations, pareto }: SweepResults): string {
  const front = new Set(pareto);
  const number = (value: number | null | undefined, decimals: number): string =>
    value === null || value === undefined ? '' : fixed(value, decimals);
  return csv([
    [
      'id',
      'label',
      'calibrator',
      'top1',
      'top5',
      'agreement',
      'output_sqnr_db',
      'worst_sqnr_db',
      'bit_operations',
      'weight_bytes',
      'cycles',
      'pareto',
    ],
    ...configurations.map((row) => [
      textCell(row.id),
      textCell(row.label),
      row.calibrator,
      number(row.top1, 6),
      number(row.top5, 6),
      number(row.agreement, 6),
      number(row.output_sqnr_db, 4),
      number(row.worst_sqnr_db, 4),
      number(row.cost.bit_operations, 0),
      number(row.cost.weight_bytes, 0),
      number(row.cost.cycles, 0),
      String(front.has(row.id)),
    ]),
  ]);
}
