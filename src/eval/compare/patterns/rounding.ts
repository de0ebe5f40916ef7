import { roundHalfAwayFromZero } from '../../../core/index.js';
import type { Pattern, RoundingMode, TieRule } from './pattern.js';
import { differingOf, judged, type Values } from './values.js';

/** How far `exact` may be off. */
const ERROR = 1 / 512;
/** How far A's and B's own arithmetic may be off from it before they round, as the doubling high product is. */
const OWN_ERROR = 1 / 32;
/** Differences further than this from a tie are no matter of rounding. */
const NEAR = 1 / 8;

const MODES: Readonly<Record<RoundingMode, (x: number) => number>> = {
  floor: Math.floor,
  'towards zero': Math.trunc,
  ceil: Math.ceil,
  nearest: roundHalfAwayFromZero,
};

const TIE_RULES: Readonly<Record<TieRule, (x: number) => number>> = {
  even: (x) => 2 * Math.round(x / 2),
  up: Math.ceil,
  down: Math.floor,
  'towards zero': Math.trunc,
  'away from zero': roundHalfAwayFromZero,
};

/** Distance of a number from the next tie, 0 to 0.5. */
const tieDistance = (x: number): number => Math.abs(x - Math.floor(x) - 0.5);

/**
 * Finds out how B rounds where it is A's operator otherwise. A rounds to nearest, twice as TensorFlow Lite does, which can go wrong
 * only near a tie.
 */
export function detectRounding(values: Values): Pattern | null {
  const { a, b, integer, exact } = values;
  if (integer === null || exact === null) return null;
  const { zeroPoint, low, high } = integer;
  const clamped = (x: number): number => Math.min(high, Math.max(low, x + zeroPoint));
  const x = exact.map((value) => value - zeroPoint);
  const differing = differingOf(values);
  if (differing.some((i) => Math.abs(a[i]! - b[i]!) > 1)) return null;

  const tied = tiesOf(values, x, differing, clamped);
  if (tied !== null) return tied;
  for (const mode of ['floor', 'towards zero', 'ceil'] as const) {
    const round = MODES[mode];
    const evidence = judged(values, (i) => {
      const [from, to] = [clamped(round(x[i]! - OWN_ERROR)), clamped(round(x[i]! + OWN_ERROR))];
      return b[i]! >= from && b[i]! <= to;
    });
    if (evidence !== null) return { kind: 'rounding', mode, ...evidence };
  }
  return null;
}

function tiesOf(
  values: Values,
  x: Float64Array,
  differing: Int32Array,
  clamped: (x: number) => number,
): Pattern | null {
  const { b } = values;
  let distance = 0;
  for (const i of differing) distance = Math.max(distance, tieDistance(x[i]!));
  if (distance > NEAR) return null;
  const evidence = { explained: differing.length, differing: differing.length };
  if (distance <= ERROR) {
    const isTie = (i: number): boolean => tieDistance(x[i]!) <= ERROR;
    const follows = (rule: TieRule): boolean =>
      b.every((value, i) => !isTie(i) || value === clamped(TIE_RULES[rule](halfOf(x[i]!))));
    const rules = Object.keys(TIE_RULES) as TieRule[];
    return { kind: 'ties', distance: 0, rule: rules.find(follows) ?? null, ...evidence };
  }
  const isNearest = differing.every(
    (i) => tieDistance(x[i]!) <= ERROR || b[i] === clamped(MODES.nearest(x[i]!)),
  );
  return isNearest
    ? { kind: 'rounding', mode: 'nearest', ...evidence }
    : { kind: 'ties', distance, rule: null, ...evidence };
}

/** The tie next to a number. */
const halfOf = (x: number): number => Math.floor(x) + 0.5;
