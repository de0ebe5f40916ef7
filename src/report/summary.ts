import type { Accuracy, ModelName, Results, TensorRow } from '../eval/results.js';
import { estimateText } from './estimate.js';
import { decibelText, MODEL_TITLES } from './names.js';
import { alignedLines, counted, fixed, percent, printable, shorten, signed } from './text.js';

/** What `summary` needs beside the results. */
export interface SummaryOptions {
  /** Name of the network. */
  readonly network: string;
  /** Mark headings and the lowest SQNR with terminal colours. Off by default. */
  readonly color?: boolean;
  /** Most layers to list; those with the highest SQNR are left out. 40 by default. */
  readonly rows?: number;
}

/** The closing summary of an evaluation: accuracy of the three models, then the replaced layers. */
export function summary(results: Results, { network, color = false, rows = 40 }: SummaryOptions): string {
  const { samples, calibration, skipped } = results;
  const paint = color ? (code: number, text: string) => `\x1b[${code}m${text}\x1b[0m` : plain;
  return [
    paint(BOLD, shorten(printable(network), 60)),
    `${counted(samples, 'sample')}, calibrated on ${calibration.samples} (${calibration.method})`,
    ...skippedLines(skipped),
    '',
    ...modelLines(results, paint),
    '',
    ...layerLines(
      results.sqnr.recreated.tensors.filter((row) => row.replaced),
      rows,
      paint,
    ),
    ...(results.machine ? ['', `Recreated model: ${estimateText(results.cost, results.machine)}`] : []),
    '',
  ].join('\n');
}

type Paint = (code: number, text: string) => string;

const BOLD = 1;
const RED = 31;
const plain: Paint = (_, text) => text;

function skippedLines(skipped: readonly string[]): readonly string[] {
  if (skipped.length === 0) return [];
  const names = skipped.slice(0, 3).map((name) => shorten(printable(name), 24));
  const more = skipped.length > names.length ? ', …' : '';
  return [`${counted(skipped.length, 'image')} could not be decoded: ${names.join(', ')}${more}`];
}

function modelLines({ samples, models, agreement, sqnr }: Results, paint: Paint): readonly string[] {
  const score = (fraction: number, correct: number): string =>
    `${percent(fraction, 2)}% (${correct}/${samples})`;
  const scores = (model: ModelName): readonly string[] => {
    const { top1, top5, correct1, correct5 }: Accuracy = models[model];
    return [MODEL_TITLES[model], score(top1, correct1), score(top5, correct5)];
  };
  const compared = (model: 'tflite' | 'recreated'): readonly string[] => [
    ...scores(model),
    signed((models[model].top1 - models.reference.top1) * 100, 2),
    signed((models[model].top5 - models.reference.top5) * 100, 2),
    `${percent(agreement[`${model}_top1`], 2)}%`,
    outputText(sqnr[model]),
  ];
  const [head, ...lines] = alignedLines(
    [
      ['model', 'top-1', 'top-5', 'Δ top-1', 'Δ top-5', 'agreement', 'output dB'],
      scores('reference'),
      compared('tflite'),
      compared('recreated'),
    ],
    ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
  return [
    paint(BOLD, head!),
    ...lines,
    'Δ: percentage points against the Reference. agreement: same first class as the Reference.',
    'output dB: SQNR of the output.',
  ];
}

function outputText({ output_db, tensors }: Results['sqnr']['tflite']): string {
  if (output_db !== null) return fixed(output_db, 2);
  return tensors.at(-1)?.identical ? '∞' : '-';
}

/** For comparing: no noise is best, no signal is worst. */
const rank = (row: TensorRow): number =>
  row.identical ? Number.POSITIVE_INFINITY : (row.sqnr_db ?? Number.NEGATIVE_INFINITY);

const drop = (row: TensorRow): number => row.delta_db ?? Number.POSITIVE_INFINITY;

const smallest = (rows: readonly TensorRow[], key: (row: TensorRow) => number): TensorRow | undefined =>
  rows.reduce<TensorRow | undefined>(
    (best, row) => (key(row) < (best === undefined ? Number.POSITIVE_INFINITY : key(best)) ? row : best),
    undefined,
  );

function layerLines(replaced: readonly TensorRow[], limit: number, paint: Paint): readonly string[] {
  if (replaced.length === 0) return ['No layer of the Recreated model is replaced.'];
  const byIndex = replaced.toSorted((a, b) => a.index - b.index);
  const shown = new Set(byIndex.toSorted((a, b) => compare(rank(a), rank(b))).slice(0, limit));
  const listed = byIndex.filter((row) => shown.has(row));
  const lowest = smallest(byIndex, rank);
  const [head, ...lines] = alignedLines(
    [
      ['index', 'layer', 'class', 'SQNR', 'aggregate', 'Δ input', ''],
      ...listed.map((row) => [...layerCells(row), row === lowest ? '← lowest' : '']),
    ],
    ['right', 'left', 'left', 'right', 'right', 'right', 'left'],
  );
  const more = replaced.length - listed.length;
  return [
    paint(
      BOLD,
      `Replaced layers of the Recreated model: ${new Set(replaced.map(({ index }) => index)).size} (in dB)`,
    ),
    paint(BOLD, head!),
    ...lines.map((line, index) => (listed[index] === lowest ? paint(RED, line) : line)),
    ...(more > 0 ? [`… ${more} more with a higher SQNR in sqnr.csv`] : []),
    '',
    lowest === undefined
      ? 'lowest SQNR: none, all replaced layers give the same values as the Reference'
      : `lowest SQNR: ${layerName(lowest)}: ${decibelText(lowest.sqnr_db, lowest.identical, ' dB')}`,
    dropLine(smallest(byIndex, drop)),
  ];
}

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** The layer, or the tensor inside of it where a layer writes several. */
const rowName = ({ layer, tensor }: TensorRow): string =>
  printable(tensor.startsWith(`${layer}/`) ? tensor : layer);

const layerName = (row: TensorRow): string => `${shorten(rowName(row), 60)} (index ${row.index})`;

function dropLine(row: TensorRow | undefined): string {
  if (row?.delta_db == null || row.delta_db >= 0) return 'largest drop: none';
  return `largest drop: ${layerName(row)}: ${fixed(row.delta_db, 1)} dB`;
}

const layerCells = (row: TensorRow): readonly string[] => [
  String(row.index),
  shorten(rowName(row), 30),
  shorten(printable(row.class), 22),
  decibelText(row.sqnr_db, row.identical),
  decibelText(row.aggregate_db, row.identical),
  row.delta_db === null ? '-' : signed(row.delta_db, 2),
];
