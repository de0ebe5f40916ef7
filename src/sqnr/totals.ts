import { elementCount, tensorOf } from '../core/index.js';
import { kernelsOf, type Program } from '../engine/index.js';
import { type Sqnr, sqnrOf } from './formulas.js';
import type { RecorderPlan } from './plan.js';
import type { BlockSums } from './recorder.js';

/** Sums over all blocks so far. */
export interface TotalSums {
  readonly lambda: ReadonlyMap<string, Float64Array>;
  readonly mu: readonly ReadonlyMap<string, Float64Array>[];
}

/** Totals over blocks; blocks must be added in their order, so that every run adds the same numbers in the same order. */
export interface Totals {
  add(block: BlockSums): void;
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
  const { graph } = plans[0]!;
  const open = (
    offsets: ReadonlyMap<string, number>,
    start?: ReadonlyMap<string, Float64Array>,
  ): Map<string, Float64Array> =>
    new Map(
      [...offsets].map(([name, offset]) => {
        const count = elementCount(tensorOf(graph, name).shape);
        const total = new Float64Array(memory.buffer, common + offset * 8, count);
        const known = start?.get(name);
        if (known === undefined) total.fill(0);
        else total.set(known);
        return [name, total];
      }),
    );
  const lambda = open(plan.lambda, from?.lambda);
  const mu = plan.mu.map((offsets, i) => open(offsets, from?.mu[i]));
  const addSums = kernelsOf(program)?.add_sums_float64;
  return totalsOf({ lambda, mu }, (total, values) => {
    if (addSums === undefined) addPlainly(total, values);
    else addSums(total.byteOffset, values.byteOffset, total.length);
  });
}

/**
 * Totals that add to given sums.
 * @param add how the sums of one tensor are added to its total
 */
export function totalsOf(sums: TotalSums, add = addPlainly): Totals {
  const addAll = (
    totals: ReadonlyMap<string, Float64Array>,
    block: ReadonlyMap<string, Float32Array>,
  ): void => {
    for (const [name, total] of totals) add(total, block.get(name)!);
  };
  return {
    add({ lambda, mu }) {
      addAll(sums.lambda, lambda);
      sums.mu.forEach((totals, i) => {
        addAll(totals, mu[i]!);
      });
    },
    sqnr: (i) =>
      new Map([...(sums.mu[i] ?? [])].map(([name, mu]) => [name, sqnrOf(sums.lambda.get(name)!, mu)])),
    sums,
  };
}

function addPlainly(total: Float64Array, values: Float32Array): void {
  for (let i = 0; i < total.length; i++) total[i]! += values[i]!;
}
