import { type Judgement, type RunDiff, type SqnrChange, unitOf } from '../eval/diff/index.js';
import { classLabel, decibelText, MODEL_TITLES } from './names.js';
import { alignedLines, counted, fixed, percent, printable, shorten, signed } from './text.js';

/** Most rows of a list. */
const ROWS = 20;

/** What `qpann diff` prints. */
export function diffText(
  diff: RunDiff,
  judgements: readonly Judgement[],
  labelNames: readonly string[] = [],
): string {
  return [
    `A: ${printable(diff.a)}`,
    `B: ${printable(diff.b)}`,
    `${counted(diff.samples, 'image')}; change: B against A`,
    '',
    ...configLines(diff),
    '',
    ...accuracyLines(diff),
    '',
    ...sqnrLines(diff),
    '',
    ...flipLines(diff, labelNames),
    ...judgementLines(judgements),
    '',
  ].join('\n');
}

function configLines({ configs }: RunDiff): readonly string[] {
  if (configs.length === 0) return ['The configs are the same.'];
  const value = (x: unknown): string => (x === undefined ? '-' : shorten(printable(JSON.stringify(x)), 36));
  const rows = configs
    .slice(0, ROWS)
    .map(({ key, a, b }) => [shorten(printable(key), 48), value(a), value(b)]);
  return [...alignedLines([['config', 'A', 'B'], ...rows], ['left', 'left', 'left']), ...more(configs)];
}

function accuracyLines({ models }: RunDiff): readonly string[] {
  const rows = (['tflite', 'recreated'] as const).flatMap((model) => {
    const { top1, top5, agreement, output_db, lost, won, p } = models[model];
    const row = (what: string, { a, b }: { a: number; b: number }, note = ''): string[] => [
      MODEL_TITLES[model],
      what,
      `${percent(a, 2)}%`,
      `${percent(b, 2)}%`,
      signed((b - a) * 100, 2),
      note,
    ];
    const db = (value: number | null): string => (value === null ? '-' : fixed(value, 2));
    const change = output_db.a === null || output_db.b === null ? '-' : signed(output_db.b - output_db.a, 2);
    return [
      row('top-1', top1, `lost ${lost}, won ${won}, McNemar p ${fixed(p, 4)}`),
      row('top-5', top5),
      row('agreement', agreement),
      [MODEL_TITLES[model], 'output dB', db(output_db.a), db(output_db.b), change, ''],
    ];
  });
  return alignedLines(
    [['model', '', 'A', 'B', 'change', ''], ...rows],
    ['left', 'left', 'right', 'right', 'right', 'left'],
  );
}

function sqnrLines({ sqnr: { compared, changed, only_a, only_b } }: RunDiff): readonly string[] {
  const others = [
    ...(only_a.length > 0 ? [`${counted(only_a.length, 'tensor')} only in A`] : []),
    ...(only_b.length > 0 ? [`${counted(only_b.length, 'tensor')} only in B`] : []),
  ];
  const title = `SQNR of the Recreated model: ${changed.length} of ${compared} tensors changed${others.map((text) => `, ${text}`).join('')}`;
  if (changed.length === 0) return [title];
  const worst = new Set([...changed].sort((x, y) => size(y) - size(x)).slice(0, ROWS));
  const rows = changed
    .filter((row) => worst.has(row))
    .map(({ index, layer, tensor, a_db, b_db, a_identical, b_identical, change_db }) => [
      String(index),
      shorten(printable(tensor.startsWith(`${layer}/`) ? tensor : layer), 36),
      decibelText(a_db, a_identical),
      decibelText(b_db, b_identical),
      change_db === null ? '-' : signed(change_db, 2),
    ]);
  return [
    `${title} (in dB)`,
    ...alignedLines(
      [['index', 'layer', 'A', 'B', 'change'], ...rows],
      ['right', 'left', 'right', 'right', 'right'],
    ),
    ...more(changed),
  ];
}

/** How much a tensor changed, for choosing those to list. */
const size = ({ change_db }: SqnrChange): number =>
  change_db === null ? Number.POSITIVE_INFINITY : Math.abs(change_db);

function flipLines({ flips }: RunDiff, labelNames: readonly string[]): readonly string[] {
  if (flips.length === 0) return ['The Recreated model says the same class of every image.'];
  const count = (wanted: string): number => flips.filter(({ kind }) => kind === wanted).length;
  const label = (index: number): string => (index < 0 ? 'none' : shorten(classLabel(index, labelNames), 24));
  const rows = flips
    .slice(0, ROWS)
    .map(({ file, label: truth, a, b, kind }) => [
      shorten(printable(file), 32),
      label(truth),
      label(a),
      label(b),
      kind,
    ]);
  return [
    `The Recreated model says another class of ${counted(flips.length, 'image')}: lost ${count('lost')}, won ${count('won')}`,
    ...alignedLines([['image', 'truth', 'A', 'B', ''], ...rows], ['left', 'left', 'left', 'left', 'left']),
    ...more(flips),
  ];
}

const more = (rows: readonly unknown[]): readonly string[] =>
  rows.length > ROWS ? [`… ${rows.length - ROWS} more (--format json lists them)`] : [];

function judgementLines(judgements: readonly Judgement[]): readonly string[] {
  if (judgements.length === 0) return [];
  const value = ({ value, measure }: Judgement): string =>
    Number.isFinite(value)
      ? `${Number(value.toFixed(4))}${unitOf(measure)}`
      : 'infinite (noise where there was none)';
  return [
    '',
    ...judgements.map(
      (judgement) =>
        `${judgement.failed ? 'FAILED' : 'passed'}: ${judgement.text} (${judgement.measure} is ${value(judgement)})`,
    ),
  ];
}
