import { roundHalfAwayFromZero } from '../../../core/index.js';
import type { Pattern } from './pattern.js';
import { differingOf, extremesOf, judged, type Values } from './values.js';

/** So many elements at one bound are a clamp, not chance. */
const FEW = 3;

/** Finds a clamp that one side lacks, a wrap-around in its place, or differences at A's bounds alone. */
export const detectClamp = (values: Values): Pattern | null =>
  wrapped(values) ?? missing(values, 'B') ?? missing(values, 'A') ?? atBounds(values);

/** The other side is this one, limited to the range that the other has. */
function missing(values: Values, missingIn: 'A' | 'B'): Pattern | null {
  const { a, b, same, integer } = values;
  const [limited, free] = missingIn === 'B' ? [a, b] : [b, a];
  const { low, high } = extremesOf(limited);
  let [below, above] = [0, 0];
  const evidence = judged(values, (i) => {
    const value = free[i]!;
    if (!same(a[i]!, b[i]!)) {
      if (value < low) below += 1;
      else if (value > high) above += 1;
    }
    return same(limited[i]!, value < low ? low : value > high ? high : value);
  });
  if (evidence === null) return null;
  const isBound = (bound: number, known: number | undefined, count: number): boolean =>
    count >= FEW || (count > 0 && missingIn === 'B' && bound === known);
  const bounds = {
    low: isBound(low, integer?.low, below) ? low : null,
    high: isBound(high, integer?.high, above) ? high : null,
  };
  if (bounds.low === null && bounds.high === null) return null;
  return { kind: 'clamp', missingIn, ...bounds, ...evidence };
}

function wrapped(values: Values): Pattern | null {
  const { a, b, same, integer, exact } = values;
  if (integer === null || exact === null) return null;
  const { min, max, zeroPoint } = integer;
  const range = max - min + 1;
  const wrap = (x: number): number => x - range * Math.floor((x - min) / range);
  let beyond = 0;
  const evidence = judged(values, (i) => {
    const value = roundHalfAwayFromZero(exact[i]! - zeroPoint) + zeroPoint;
    if (value >= min && value <= max) return same(a[i]!, b[i]!);
    beyond += 1;
    return Math.abs(wrap(value) - b[i]!) <= 1;
  });
  return evidence === null || beyond === 0 ? null : { kind: 'wrapped', ...evidence };
}

function atBounds(values: Values): Pattern | null {
  const { a, integer } = values;
  if (integer === null) return null;
  const differing = differingOf(values);
  const at = [...new Set(Array.from(differing, (i) => a[i]!))].sort((one, other) => one - other);
  const isBound = (value: number): boolean => value === integer.low || value === integer.high;
  if (differing.length < FEW || !at.every(isBound) || a.every(isBound)) return null;
  return { kind: 'clamp bound', at, explained: differing.length, differing: differing.length };
}
