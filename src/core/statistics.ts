/** A range of plausible values of a proportion, both ends 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % point of the normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * Wilson's 95 % score interval of a proportion (Wilson 1927, https://doi.org/10.2307/2276774).
 * @param hits how many of `samples` had the property
 * @param samples of none nothing is known: 0 to 1
 */
export function wilsonInterval(hits: number, samples: number): Interval {
  if (samples === 0) return { low: 0, high: 1 };
  const z2 = Z_95 * Z_95;
  const center = hits + z2 / 2;
  const halfWidth = Z_95 * Math.sqrt((hits * (samples - hits)) / samples + z2 / 4);
  const total = samples + z2;
  return {
    low: hits === 0 ? 0 : (center - halfWidth) / total,
    high: hits === samples ? 1 : (center + halfWidth) / total,
  };
}

/**
 * McNemar's exact test of two models on the same samples: how probable it is that they differ at least as much as here
 * if neither is better. The two-sided binomial test of the samples on which just one of them is right.
 * @param onlyFirst samples that only the first model has right
 * @param onlySecond samples that only the second has right
 * @returns the p-value, 0 to 1; 1 where they do not differ
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const rarer = Math.min(onlyFirst, onlySecond);
  if (2 * rarer >= n - 1) return 1;
  // Binomial weights relative to the largest, so that no power of two overflows, outwards from the middle.
  let weight = 1;
  let all = n % 2 === 0 ? 1 : 2;
  let tail = 0;
  for (let k = Math.floor(n / 2); k >= 1; k--) {
    weight *= k / (n - k + 1);
    all += 2 * weight;
    if (k - 1 <= rarer) tail += 2 * weight;
  }
  return Math.min(1, tail / all);
}

/** Ranks from 1, equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = values.map(() => 0);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end += 1;
    for (let i = first; i < end; i++) ranks[order[i]!] = (first + end + 1) / 2;
    first = end;
  }
  return ranks;
}

/**
 * Spearman's rank correlation of pairs, −1 to 1; ties share their mean rank. Null for fewer than two pairs, and where
 * all values of one side are the same.
 * @throws Error if the two lists have different lengths
 */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length) throw new Error(`${a.length} values beside ${b.length}`);
  const mean = (a.length + 1) / 2;
  const [x, y] = [ranksOf(a), ranksOf(b)];
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < a.length; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/** Something with a price and a worth. */
export interface CostAndWorth {
  readonly cost: number;
  readonly worth: number;
}

/**
 * The items that no other beats: none costs at most as much and is worth at least as much, with one of the two
 * better. By rising cost; of items that are equal in both, all.
 */
export function paretoFront<T extends CostAndWorth>(items: readonly T[]): T[] {
  const byCost = [...items].sort((a, b) => a.cost - b.cost || b.worth - a.worth);
  const front: T[] = [];
  for (const item of byCost) {
    const best = front.at(-1);
    const isTwin = best !== undefined && item.cost === best.cost && item.worth === best.worth;
    if (best === undefined || item.worth > best.worth || isTwin) front.push(item);
  }
  return front;
}
