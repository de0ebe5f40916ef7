/** @param {readonly number[]} values @param {number} part 0 to 1 @returns {number} interpolated between neighbours */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = part * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);

/**
 * How much longer one takes than another that ran in turn with it.
 * @param {readonly (readonly number[])[]} own times by round
 * @param {readonly (readonly number[])[]} other the same rounds
 * @returns the ratio of the medians of all runs, and the spread of the ratios of each round's medians
 */
export function ratioOf(own, other) {
  const byRound = own.map((times, round) => median(times) / median(other[round]));
  return {
    ratio: median(own.flat()) / median(other.flat()),
    low: quantile(byRound, 0.1),
    middle: median(byRound),
    high: quantile(byRound, 0.9),
  };
}

/** @param {ArrayLike<number>} values */
export function argMax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b as long as `a` */
export function largestDifference(a, b) {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}
