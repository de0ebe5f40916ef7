import type { Pattern } from './pattern.js';
import { isFree, judged, type Values } from './values.js';

/** Sums of real numbers are good to this part of the largest. */
const REAL_ERROR = 1e-5;

/** Finds a constant difference: a zero point, or one of half the range, where one side reads its bits without a sign. */
export function detectOffset(values: Values): Pattern | null {
  return signedness(values) ?? constant(values);
}

function signedness(values: Values): Pattern | null {
  const { a, b, integer } = values;
  if (integer === null) return null;
  const range = integer.max - integer.min + 1;
  for (const offset of [range / 2, -range / 2]) {
    const evidence = judged(values, (i) => b[i] === a[i]! + offset);
    if (evidence !== null) return { kind: 'signedness', how: 'offset', offset, ...evidence };
  }
  // The same bits: B lies in the other half of the range wherever the highest bit is set.
  const offset = integer.min < 0 ? range : -range;
  const hasHighBit = (value: number): boolean => (integer.min < 0 ? value < 0 : value >= range / 2);
  const evidence = judged(values, (i) => b[i] === (hasHighBit(a[i]!) ? a[i]! + offset : a[i]));
  return evidence === null ? null : { kind: 'signedness', how: 'bits', offset, ...evidence };
}

function constant(values: Values): Pattern | null {
  const { a, b, integer } = values;
  const free = Array.from(a.keys()).filter((i) => isFree(values, i));
  const differences = Float64Array.from(free, (i) => b[i]! - a[i]!).sort();
  const offset = differences[differences.length >> 1] ?? 0;
  if (offset === 0 || !Number.isFinite(offset) || free.length < 2) return null;
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = integer === null ? REAL_ERROR * Math.max(largest, Math.abs(offset)) : 0;
  if (error >= Math.abs(offset)) return null;
  const evidence = judged(values, (i) =>
    isFree(values, i) ? Math.abs(b[i]! - a[i]! - offset) <= error : null,
  );
  return evidence === null ? null : { kind: 'zero point', offset, ...evidence };
}
