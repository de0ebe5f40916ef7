import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Choices that depend on the seed alone. */
export interface Random {
  /** A whole number from 0 to limit − 1. */
  below(limit: number): number;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean;
}

/** Choices of this seed. */
export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  // Seeds that are neighbours begin alike.
  for (let i = 0; i < 4; i++) generator.next();
  const below = (limit: number): number => (generator.next() >>> 0) % limit;
  return {
    below,
    pick: (list) => list[below(list.length)]!,
    chance: (percent) => below(100) < percent,
  };
}
