import { type BlockSums, type Recorder, type Totals, totalsOf } from '../../src/sqnr/index.js';

const mapped = <A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): Map<string, B> =>
  new Map([...map].map(([name, value]) => [name, change(value)]));

/** Sums of a block as they are now. */
export const copyOf = ({ lambda, mu }: BlockSums): BlockSums => {
  const copy = (values: Float32Array): Float32Array => Float32Array.from(values);
  return { lambda: mapped(lambda, copy), mu: mu.map((sums) => mapped(sums, copy)) };
};

/** A copy of the sums since the block has begun; another begins. */
export function takeBlock(recorder: Recorder): BlockSums {
  const sums = copyOf(recorder.sums);
  recorder.startBlock();
  return sums;
}

/** Totals of some blocks, at least one. */
export function totalOf(blocks: readonly BlockSums[]): Totals {
  const { lambda, mu } = blocks[0]!;
  const zeros = ({ length }: Float32Array): Float64Array => new Float64Array(length);
  const totals = totalsOf({ lambda: mapped(lambda, zeros), mu: mu.map((sums) => mapped(sums, zeros)) });
  for (const block of blocks) totals.add(block);
  return totals;
}
