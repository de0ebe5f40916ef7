import type { Graph } from '../../src/core/index.js';
import { buildProgram, type KernelModules, openPlace } from '../../src/engine/index.js';
import {
  type BlockSums,
  meetingsOf,
  movedTensors,
  openRecorder,
  planRecorder,
  type Recorder,
  type RecorderPlan,
  sideBySide,
  type Totals,
  totalsOf,
  uniteGraphs,
} from '../../src/sqnr/index.js';

/** Samples that kernels of sums take at once. */
export const MOST_SAMPLES = 4;

const mapped = <A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): Map<string, B> =>
  new Map([...map].map(([name, value]) => [name, change(value)]));

/** Sums of a block as they are now. */
export const copyOf = ({ lambda, mu }: BlockSums): BlockSums => {
  const copy = (values: Float32Array): Float32Array => Float32Array.from(values);
  return { lambda: mapped(lambda, copy), mu: mapped(mu, copy) };
};

/** A copy of the sums since the block has begun; another begins. */
export function takeBlock(recorder: Recorder): BlockSums {
  const sums = copyOf(recorder.sums);
  recorder.startBlock();
  return sums;
}

/** Totals of some blocks, at least one. */
export function totalOf(blocks: readonly BlockSums[], plan: Pick<RecorderPlan, 'pairs' | 'moved'>): Totals {
  const { lambda, mu } = blocks[0]!;
  const zeros = ({ length }: Float32Array): Float64Array => new Float64Array(length);
  const totals = totalsOf(plan, { lambda: mapped(lambda, zeros), mu: mapped(mu, zeros) });
  for (const block of blocks) totals.add(block);
  return totals;
}

/**
 * A recorder with room for several samples, with fast kernels or without, and what it pairs.
 * @param isSparing whether sums that follow from others are left out
 */
export function recorderOf(
  reference: Graph,
  others: readonly Graph[],
  kernels: KernelModules | undefined,
  isSparing = false,
) {
  const union = sideBySide(uniteGraphs(reference, others));
  const plan = planRecorder(union, isSparing ? movedTensors(union) : []);
  const program = buildProgram([union.graph], {
    ...(kernels && { kernels }),
    samples: MOST_SAMPLES,
    ownBytes: plan.sumBytes,
    meetings: [meetingsOf(plan)],
  });
  const recorder = openRecorder(plan, openPlace(program));
  /** Takes the sums; μ of each model by the names of tensors. */
  const take = () => {
    const block = takeBlock(recorder);
    const totals = totalOf([block], plan);
    const mu = union.pairs.map((pairs, i) => new Map(pairs.map(({ name }) => [name, totals.mu(i, name)!])));
    return { block, totals, lambda: block.lambda, mu };
  };
  return { recorder, take, plan, nodes: union.graph.nodes.length };
}
