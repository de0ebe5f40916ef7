import { decibel, stridesOf } from '../../core/index.js';
import type { ElementDifference, TensorComparison } from './comparison.js';
import { identical } from './patterns/index.js';

/** When two real numbers count as equal: |a − b| ≤ atol + tolerance · max(|a|, |b|). */
export interface Tolerances {
  readonly tolerance: number;
  readonly atol: number;
}

/** The test of equality for real numbers. */
export const withinTolerances =
  ({ tolerance, atol }: Tolerances) =>
  (a: number, b: number): boolean =>
    identical(a, b) || Math.abs(a - b) <= atol + tolerance * Math.max(Math.abs(a), Math.abs(b));

/** Counts of a tensor. */
export type Measure = Pick<
  TensorComparison,
  'elements' | 'equal' | 'off_by_one' | 'larger' | 'max_abs' | 'max_rel' | 'sqnr_db'
>;

/** Values whose SQNR is taken. */
export type SqnrOf = { readonly zeroPoint: number } | { readonly a: Float64Array; readonly b: Float64Array };

/** Counts of a tensor that cannot be compared element by element: all of it differs. */
export const unlike = (elements: number): Measure => ({
  elements,
  equal: 0,
  off_by_one: null,
  larger: elements,
  max_abs: null,
  max_rel: null,
  sqnr_db: null,
});

/**
 * Counts what differs between as many elements of A and of B.
 * @param isReal whether the elements are real numbers
 * @param reals what to take the SQNR of: as they are, for integers less what stands for 0 in A; else these
 */
export function measure(
  a: Float64Array,
  b: Float64Array,
  same: (a: number, b: number) => boolean,
  isReal: boolean,
  reals: SqnrOf = { zeroPoint: 0 },
): Measure {
  let [equal, offByOne, maxAbs, maxRel] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    const difference = identical(x, y) ? 0 : Math.abs(x - y);
    if (same(x, y)) equal += 1;
    else if (difference === 1) offByOne += 1;
    // A difference that is no number is larger than any.
    if (!(difference <= maxAbs)) maxAbs = Number.isNaN(difference) ? Infinity : difference;
    const relative = difference === 0 ? 0 : difference / Math.max(Math.abs(x), Math.abs(y));
    if (!(relative <= maxRel)) maxRel = Number.isNaN(relative) ? Infinity : relative;
  }
  return {
    elements: a.length,
    equal,
    off_by_one: isReal ? null : offByOne,
    larger: a.length - equal - (isReal ? 0 : offByOne),
    max_abs: finite(maxAbs),
    max_rel: isReal ? finite(maxRel) : null,
    sqnr_db: 'zeroPoint' in reals ? sqnrDb(a, b, reals.zeroPoint) : sqnrDb(reals.a, reals.b, 0),
  };
}

function sqnrDb(a: Float64Array, b: Float64Array, zeroPoint: number): number | null {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    signal += (a[i]! - zeroPoint) ** 2;
    noise += identical(a[i]!, b[i]!) ? 0 : (a[i]! - b[i]!) ** 2;
  }
  return noise > 0 ? finite(decibel(signal / noise)) : null;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** An element as a position in each dimension. */
export const coordinatesOf = (shape: readonly number[], element: number): number[] =>
  stridesOf(shape).map((stride, d) => Math.floor(element / stride) % shape[d]!);

/** How an integer stands for a real number. */
export interface Scale {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The element of position `element` on both sides. */
export function elementDifference(
  shape: readonly number[],
  element: number,
  [a, b]: readonly [number, number],
  [scaleA, scaleB]: readonly [Scale | null, Scale | null],
): ElementDifference {
  const real = (value: number, { scale, zeroPoint }: Scale): number => scale * (value - zeroPoint);
  return {
    index: coordinatesOf(shape, element),
    a,
    b,
    ...(scaleA && { real_a: real(a, scaleA) }),
    ...(scaleB && { real_b: real(b, scaleB) }),
  };
}
