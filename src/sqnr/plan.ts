import { aligned, elementCount, tensorOf } from '../core/index.js';
import type { Meeting } from '../engine/index.js';
import type { MovedTensor } from './moved.js';
import type { Pair, Union } from './unite.js';

/**
 * Samples that run side by side: their sums are added in one pass over memory. The kernels take up to four, but what four samples of
 * MobileNetV2 save there, their activations lose, which then push each other out of the cache.
 */
export const SAMPLES_AT_ONCE = 2;

/** A tensor of the Reference that others share, and where its sums lie. */
export interface Recording {
  /** By its name in the union. */
  readonly reference: string;
  /** Offset in floats of λ. */
  readonly lambda: number;
  /** Twins that may differ from it, each once, with the offset of μ. */
  readonly twins: readonly { readonly twin: string; readonly mu: number }[];
}

/** What is recorded of a Reference and other models, and where. Plain data. */
export interface RecorderPlan {
  readonly recordings: readonly Recording[];
  /** Tensors whose sums follow from recorded ones. */
  readonly moved: readonly MovedTensor[];
  /** For each of the other models what it shares with the Reference. */
  readonly pairs: readonly (readonly Pair[])[];
  /** Bytes of all sums, which lie together. Totals of them take twice as much. */
  readonly sumBytes: number;
}

/**
 * Plans the recording of every tensor that the Reference shares with other models: what is the same is summed once.
 * @param moved tensors that are not recorded
 */
export function planRecorder(
  { graph, pairs }: Pick<Union, 'graph' | 'pairs'>,
  moved: readonly MovedTensor[] = [],
): RecorderPlan {
  const twins = new Map<string, Set<string>>();
  for (const { reference, twin } of pairs.flat()) {
    const known = twins.get(reference) ?? new Set();
    twins.set(reference, twin === reference ? known : known.add(twin));
  }
  for (const { reference } of moved) twins.delete(reference);
  let end = 0;
  const recordings = [...twins].map(([reference, names]): Recording => {
    const take = (): number => {
      const offset = end;
      end += aligned(elementCount(tensorOf(graph, reference).shape));
      return offset;
    };
    return { reference, lambda: take(), twins: [...names].map((twin) => ({ twin, mu: take() })) };
  });
  return { recordings, moved, pairs, sumBytes: end * 4 };
}

/** Each tensor with its twins: when they are all written, they are compared. */
export const meetingsOf = ({ recordings }: RecorderPlan): readonly Meeting[] =>
  recordings.map(({ reference, twins }) => [reference, ...twins.map(({ twin }) => twin)]);
