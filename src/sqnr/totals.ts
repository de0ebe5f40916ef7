import { elementCount } from '../core/index.js';
import { kernelsOf, type Program } from '../engine/index.js';
import { type Sqnr, sqnrOf } from './formulas.js';
import { arranger } from './moved.js';
import type { RecorderPlan } from './plan.js';
import type { BlockSums } from './recorder.js';
import { keyOf, type Pair } from './unite.js';

/** Sums over all blocks so far, under the names of `BlockSums`. */
export interface TotalSums {
  readonly lambda: ReadonlyMap<string, Float64Array>;
  readonly mu: ReadonlyMap<string, Float64Array>;
}

/** Totals over blocks; blocks must be added in their order, so that every run adds the same numbers in the same order. */
export interface Totals {
  add(block: BlockSums): void;
  /** λ of a tensor of the Reference that model `i` shares. */
  lambda(i: number, name: string): Float64Array | undefined;
  /** μ of a tensor that model `i` shares with the Reference: 0 where it is the Reference's own, or NaN where that is not finite. */
  mu(i: number, name: string): Float64Array | undefined;
  /** SQNR of each shared tensor of model `i`, by name. */
  sqnr(i: number): ReadonlyMap<string, Sqnr>;
  /** The sums themselves, which `add` changes: to be saved and started from again. */
  readonly sums: TotalSums;
}

/** Bytes of the totals of a plan. */
export const totalBytes = ({ sumBytes }: RecorderPlan): number => 2 * sumBytes;

/**
 * Totals in the program's own memory, beside the sums that are added to them: no number moves to another place first.
 * Blocks that are added must have theirs in this memory too.
 * @param program has `totalBytes` in common for them
 * @param from where others ended; zero when absent
 */
export function openTotals(plan: RecorderPlan, program: Program, from?: TotalSums): Totals {
  const { memory, common, plans } = program;
  const { tensors } = plans[0]!.graph;
  const open = (reference: string, offset: number, start: Float64Array | undefined): Float64Array => {
    const count = elementCount(tensors.get(reference)!.shape);
    const total = new Float64Array(memory.buffer, common + offset * 8, count);
    if (start === undefined) total.fill(0);
    else total.set(start);
    return total;
  };
  const lambda = new Map<string, Float64Array>();
  const mu = new Map<string, Float64Array>();
  for (const { reference, lambda: offset, twins } of plan.recordings) {
    lambda.set(reference, open(reference, offset, from?.lambda.get(reference)));
    for (const { twin, mu: offset } of twins) {
      const key = keyOf({ reference, twin });
      mu.set(key, open(reference, offset, from?.mu.get(key)));
    }
  }
  const addSums = kernelsOf(program)?.add_sums_float64;
  return totalsOf(plan, { lambda, mu }, (total, values) => {
    if (addSums === undefined) addPlainly(total, values);
    else addSums(total.byteOffset, values.byteOffset, total.length);
  });
}

/**
 * Totals that add to given sums.
 * @param plan what each model shares with the Reference, and which tensors' sums are those of others, moved
 * @param add how the sums of one tensor are added to its total
 */
export function totalsOf(
  plan: Pick<RecorderPlan, 'pairs' | 'moved'>,
  sums: TotalSums,
  add = addPlainly,
): Totals {
  const shared = plan.pairs.map((all) => new Map(all.map((pair) => [pair.name, pair])));
  const movedTo = new Map(plan.moved.map((tensor) => [tensor.reference, tensor]));
  const moved = arranger();
  const lambdaOf = (reference: string): Float64Array => {
    const tensor = movedTo.get(reference);
    return tensor ? moved(tensor, lambdaOf(tensor.source)) : sums.lambda.get(reference)!;
  };
  const muOf = (pair: Pick<Pair, 'reference' | 'twin'>): Float64Array => {
    const tensor = movedTo.get(pair.reference);
    if (tensor !== undefined) {
      const { source } = tensor.twins.find(({ twin }) => twin === pair.twin)!;
      return moved(tensor, muOf({ reference: tensor.source, twin: source }));
    }
    return sums.mu.get(keyOf(pair)) ?? lambdaOf(pair.reference).map((value) => value - value);
  };
  const lambda: Totals['lambda'] = (i, name) => {
    const pair = shared[i]?.get(name);
    return pair && lambdaOf(pair.reference);
  };
  const mu: Totals['mu'] = (i, name) => {
    const pair = shared[i]?.get(name);
    return pair && muOf(pair);
  };
  /** Models that are the same have the same twins. */
  const known = new Map<string, Sqnr>();
  const sqnrOfPair = (pair: Pair): Sqnr => {
    const key = keyOf(pair);
    const sqnr = known.get(key) ?? sqnrOf(lambdaOf(pair.reference), muOf(pair));
    known.set(key, sqnr);
    return sqnr;
  };
  return {
    add(block) {
      known.clear();
      for (const [name, total] of sums.lambda) add(total, block.lambda.get(name)!);
      for (const [key, total] of sums.mu) add(total, block.mu.get(key)!);
    },
    lambda,
    mu,
    sqnr: (i) => new Map([...(shared[i] ?? [])].map(([name, pair]) => [name, sqnrOfPair(pair)])),
    sums,
  };
}

function addPlainly(total: Float64Array, values: Float32Array): void {
  for (let i = 0; i < total.length; i++) total[i]! += values[i]!;
}
