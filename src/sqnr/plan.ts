import { aligned, elementCount, type Graph, sameShape, type Tensor, tensorOf } from '../core/index.js';
import { type Action, sideBySide, tensorBytes } from '../engine/index.js';

/** Samples that run side by side: their sums are added in one pass over memory. */
export const SAMPLES_AT_ONCE = 4;

const isActivation = ({ data }: Tensor): boolean => data === undefined;

/** Names of the activations that two graphs share; their shapes must agree. */
export function sharedTensors(reference: Graph, other: Graph): string[] {
  return [...reference.tensors.values()].filter(isActivation).flatMap(({ name, shape }) => {
    const twin = other.tensors.get(name);
    return twin !== undefined && isActivation(twin) && sameShape(twin.shape, shape) ? [name] : [];
  });
}

/** What is recorded of a Reference and other models, and where. Plain data. */
export interface RecorderPlan {
  readonly actions: readonly Action[];
  /** Offset in floats of λ of each shared tensor. */
  readonly lambda: ReadonlyMap<string, number>;
  /** For each of the other models the offsets in floats of its μ. */
  readonly mu: readonly ReadonlyMap<string, number>[];
  /** Bytes of all sums, which lie together. Totals of them take twice as much. */
  readonly sumBytes: number;
  /** Offset in bytes, behind the sums, of copies for one sample, by model and tensor. */
  readonly kept: ReadonlyMap<string, number>;
  readonly keptBytes: number;
  /** Bytes of memory that the recorder wants. */
  readonly bytes: number;
}

/** The key of a kept copy. */
export const keptKey = (model: number, tensor: string): string => `${model} ${tensor}`;

/** Plans the recording of every tensor that the Reference shares with other models. */
export function planRecorder(reference: Graph, others: readonly Graph[]): RecorderPlan {
  const shared = others.map((other) => new Set(sharedTensors(reference, other)));
  const all = [...new Set(shared.flatMap((names) => [...names]))];
  const meetings = new Map(
    all.map((name) => [name, shared.flatMap((names, i) => (names.has(name) ? [i + 1] : []))] as const),
  );
  let end = 0;
  const layOut = (names: Iterable<string>): Map<string, number> => {
    const offsets = new Map<string, number>();
    for (const name of names) {
      offsets.set(name, end);
      end += aligned(elementCount(tensorOf(reference, name).shape));
    }
    return offsets;
  };
  const lambda = layOut(all);
  const mu = shared.map(layOut);
  const graphs = [reference, ...others];
  const actions = sideBySide(graphs, meetings);
  const kept = new Map<string, number>();
  let keptBytes = 0;
  for (const action of actions)
    if (action.kind === 'keep') {
      kept.set(keptKey(action.model, action.tensor), keptBytes);
      keptBytes += aligned(tensorBytes(tensorOf(graphs[action.model]!, action.tensor)));
    }
  const sumBytes = end * 4;
  return { actions, lambda, mu, sumBytes, kept, keptBytes, bytes: sumBytes + SAMPLES_AT_ONCE * keptBytes };
}
