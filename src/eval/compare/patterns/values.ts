/** What is known of the integers of a tensor of A. */
export interface IntegerFacts {
  /** Range of the type, [−128, 127] for int8. */
  readonly min: number;
  readonly max: number;
  /** What A's operator clamps to: within the range, narrower behind a fused activation. */
  readonly low: number;
  readonly high: number;
  readonly zeroPoint: number;
}

/** Elements of a tensor of A and of B, as plain numbers, in the same order. */
export interface Values {
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Whether two elements count as equal. */
  readonly same: (a: number, b: number) => boolean;
  /** Null for real numbers. */
  readonly integer: IntegerFacts | null;
  /**
   * What A's operator gives in exact arithmetic, in A's integers with the zero point added, before it rounds and clamps; null
   * where that is unknown. Good to about a thousandth.
   */
  readonly exact: Float64Array | null;
}

/** How much of what differs a pattern explains. */
export interface Evidence {
  readonly explained: number;
  readonly differing: number;
}

const LEAST_EXPLAINED = 0.95;
const MOST_CONTRADICTED = 0.01;

/** Two numbers are the same, or both no number. */
export const identical = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** Positions of the elements that differ. */
export function differingOf({ a, b, same }: Values): Int32Array {
  const found = new Int32Array(a.length);
  let count = 0;
  for (let i = 0; i < a.length; i++) if (!same(a[i]!, b[i]!)) found[count++] = i;
  return found.slice(0, count);
}

/**
 * Judges a guess at how B comes about.
 * @param fits whether the guess gives B's element; null where it says nothing about the element
 * @returns null unless the guess fits nearly all that differs and nearly all that is equal
 */
export function judged(values: Values, fits: (i: number) => boolean | null): Evidence | null {
  const { a, b, same } = values;
  let [explained, differing, silent, equal, contradicted] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const fit = fits(i);
    if (same(a[i]!, b[i]!)) {
      equal += 1;
      if (fit === false) contradicted += 1;
    } else {
      differing += 1;
      if (fit === null) silent += 1;
      else if (fit) explained += 1;
    }
  }
  const claims = differing - silent;
  const holds =
    explained > 0 && explained >= LEAST_EXPLAINED * claims && contradicted <= MOST_CONTRADICTED * equal;
  return holds ? { explained, differing } : null;
}

/** Whether neither element is at a bound, where it may stand for a number beyond. */
export function isFree({ a, b, integer }: Values, i: number): boolean {
  if (integer === null) return true;
  const { min, max, low, high } = integer;
  const isAtBound = (value: number): boolean =>
    value === low || value === high || value === min || value === max;
  return !isAtBound(a[i]!) && !isAtBound(b[i]!);
}

/** Smallest and largest of some numbers; NaN is left out. */
export function extremesOf(values: Float64Array): { readonly low: number; readonly high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
