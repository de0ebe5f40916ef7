import { inputError } from '../../core/index.js';
import type { RunDiff } from './diff-runs.js';

/** A limit that a change from run A to run B may not pass, such as `top1_drop>0.5%`. */
export interface Condition {
  readonly text: string;
  readonly measure: Measure;
  readonly operator: '>' | '>=';
  /** In percentage points, decibel, or images. */
  readonly limit: number;
}

/** A condition and what the runs have. */
export interface Judgement extends Condition {
  /** Infinity where noise came in that was not there before. */
  readonly value: number;
  readonly failed: boolean;
}

const points = ({ a, b }: { readonly a: number; readonly b: number }): number =>
  Math.round((a - b) * 1e10) / 1e8;

/** What may be limited: its unit, and its value, positive where B is worse. All are of the Recreated model. */
const MEASURES = {
  top1_drop: { unit: '%', of: ({ models }: RunDiff) => points(models.recreated.top1) },
  top5_drop: { unit: '%', of: ({ models }: RunDiff) => points(models.recreated.top5) },
  agreement_drop: { unit: '%', of: ({ models }: RunDiff) => points(models.recreated.agreement) },
  sqnr_drop: { unit: 'dB', of: largestDrop },
  output_sqnr_drop: { unit: 'dB', of: outputDrop },
  flips: { unit: '', of: ({ flips }: RunDiff) => flips.length },
} as const;

type Measure = keyof typeof MEASURES;

const CONDITION = /^\s*([a-z0-9_]+)\s*(>=?)\s*(\d+(?:\.\d+)?)\s*(%|dB)?\s*$/;

/** Reads a condition. @throws QpannError if it is none, names another measure, or has another unit */
export function parseCondition(text: string): Condition {
  const [, name, operator, limit, unit = ''] = CONDITION.exec(text) ?? [];
  const refuse = (what: string) => inputError(`--fail-if '${text}': ${what}`);
  if (name === undefined)
    throw refuse("expected a measure, > or >=, and a limit, for example 'top1_drop>0.5%' or 'sqnr_drop>3dB'");
  if (!Object.hasOwn(MEASURES, name))
    throw refuse(`there is no measure ${name}; the measures are ${Object.keys(MEASURES).join(', ')}`);
  const measure = name as Measure;
  const expected = MEASURES[measure].unit;
  if (unit !== expected)
    throw refuse(`the limit of ${measure} is ${expected === '' ? 'a number of images' : `in ${expected}`}`);
  return { text: text.trim(), measure, operator: operator as '>' | '>=', limit: Number(limit) };
}

/** Whether runs pass a limit. */
export function judge(diff: RunDiff, condition: Condition): Judgement {
  const value = MEASURES[condition.measure].of(diff);
  const failed = condition.operator === '>' ? value > condition.limit : value >= condition.limit;
  return { ...condition, value, failed };
}

/** The unit of a measure, as it stands behind a number. */
export const unitOf = (measure: Measure): string =>
  MEASURES[measure].unit === '' ? '' : ` ${MEASURES[measure].unit}`;

/** The largest drop of any tensor that both have; of a tensor without noise to one with noise, infinite. */
function largestDrop({ sqnr }: RunDiff): number {
  return sqnr.changed.reduce((largest, { a_identical, b_db, change_db }) => {
    if (a_identical && b_db !== null) return Number.POSITIVE_INFINITY;
    return change_db === null ? largest : Math.max(largest, -change_db);
  }, 0);
}

function outputDrop({ models }: RunDiff): number {
  const { a, b } = models.recreated.output_db;
  if (b === null) return 0;
  return a === null ? Number.POSITIVE_INFINITY : a - b;
}
