import { tensorOf } from '../core/index.js';
import { type Place, stepOf } from '../engine/index.js';
import { type Add, addFast, addPlainly, type Written } from './add-squares.js';
import { meetingsOf, type RecorderPlan } from './plan.js';
import { keyOf } from './unite.js';

/**
 * Runs a Reference united with other models on samples, and accumulates λ of the Reference's activations and μ of their twins
 * against them, for every tensor that they share by name. Sums are float32 within a block of samples and
 * float64 across blocks: a block is short enough that float32 loses less than 20 · 2^−24 of a sum, and totals of any number
 * of blocks stay exact to 2^−50. Each sum takes its samples one after the other, so it does not matter how many run at once.
 */
export interface Recorder {
  /**
   * Runs as many samples as the place holds, or fewer.
   * @param images the input of the Reference for each sample
   */
  run(images: readonly Float32Array[]): void;
  /** Lets the sums begin anew. */
  startBlock(): void;
  /** The sums since the block has begun, in the recorder's own memory: they hold until the next block. */
  readonly sums: BlockSums;
}

/** Sums over one block of samples. */
export interface BlockSums {
  /** λ of each shared tensor of the Reference, by its name in the union. */
  readonly lambda: ReadonlyMap<string, Float32Array>;
  /** μ of each twin, by `keyOf`. */
  readonly mu: ReadonlyMap<string, Float32Array>;
}

/** Sees the Reference's values of a tensor that it shares, once for each sample, while they live. */
export type Look = (name: string, values: Float32Array) => void;

/**
 * Opens a recorder on a place whose program is that of the union, with the plan's meetings and bytes for its sums.
 * @param look sees what the Reference shares
 */
export function openRecorder(plan: RecorderPlan, place: Place, look?: Look): Recorder {
  const { samples, memory, own } = place;
  const models = samples.map(([model]) => model!);
  const { graph, steps } = models[0]!;
  const all = new Float32Array(memory.buffer, own, plan.sumBytes / 4);
  let isFirst = true;
  const lambda = new Map<string, Float32Array>();
  const mu = new Map<string, Float32Array>();
  const meetings = meetingsOf(plan);
  const addingOf = place.kernels === undefined ? addPlainly : addFast(place.kernels, place.sampleBytes);
  const after = new Map<number, { readonly written: Written; readonly add: Add }[]>();
  plan.recordings.forEach(({ reference: name, lambda: offset, twins }, i) => {
    const valuesOf = (tensor: string) => models.map((model) => model.view(tensor));
    const values = valuesOf(name) as Float32Array[];
    const sumAt = (start: number): Float32Array => all.subarray(start, start + values[0]!.length);
    const written: Written = {
      name,
      lambda: sumAt(offset),
      values,
      twins: twins.map(({ twin, mu }) => ({
        tensor: tensorOf(graph, twin),
        mu: sumAt(mu),
        values: valuesOf(twin),
      })),
    };
    lambda.set(name, written.lambda);
    for (const { tensor, mu: sum } of written.twins)
      mu.set(keyOf({ reference: name, twin: tensor.name }), sum);
    const step = stepOf(meetings[i]!, models[0]!.plan.writtenAt);
    after.set(step, [...(after.get(step) ?? []), { written, add: addingOf(written) }]);
  });
  const meet = (step: number, count: number): void => {
    for (const { written, add } of after.get(step) ?? []) {
      add(count, isFirst);
      if (look !== undefined) for (const values of written.values.slice(0, count)) look(written.name, values);
    }
  };

  return {
    run(images) {
      const count = images.length;
      if (count < 1 || count > samples.length) throw new Error(`${count} samples at once`);
      images.forEach((image, sample) => {
        models[sample]!.feed([image]);
      });
      meet(-1, count);
      for (let step = 0; step < steps.length; step++) {
        for (let sample = 0; sample < count; sample++) models[sample]!.steps[step]!.run();
        meet(step, count);
      }
      isFirst = false;
    },
    startBlock() {
      isFirst = true;
    },
    get sums() {
      if (isFirst) all.fill(0);
      return { lambda, mu };
    },
  };
}
