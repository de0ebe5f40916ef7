import { elementCount, realValues, type Tensor, type TensorData, tensorOf, viewOf } from '../core/index.js';
import type { Place } from '../engine/index.js';
import { keptKey, type RecorderPlan, SAMPLES_AT_ONCE } from './plan.js';

/**
 * Runs a Reference and other models on samples, side by side, and accumulates λ of the Reference's activations and μ of
 * the other models against them, for every tensor that they share by name. Sums are float32 within a block of samples and
 * float64 across blocks: a block is short enough that float32 loses less than 20 · 2^−24 of a sum, and totals of any number
 * of blocks stay exact to 2^−50. Each sum takes its samples one after the other, so it does not matter how many run at once.
 */
export interface Recorder {
  /**
   * Runs 1 to `SAMPLES_AT_ONCE` samples.
   * @param inputs for each sample the input of every model, in the form it wants
   */
  run(inputs: readonly (readonly TensorData[])[]): void;
  /** Sets the sums to zero. */
  startBlock(): void;
  /** The sums since the block has begun, in the recorder's own memory: they hold until the next block. */
  readonly sums: BlockSums;
}

/** Sums over one block of samples. */
export interface BlockSums {
  /** λ of each shared tensor of the Reference. */
  readonly lambda: ReadonlyMap<string, Float32Array>;
  /** μ of each shared tensor, for each of the other models. */
  readonly mu: readonly ReadonlyMap<string, Float32Array>[];
}

/** A tensor that has been written by the Reference and by other models. */
interface Meeting {
  readonly count: number;
  readonly lambda: number;
  /** The Reference's values of each sample. */
  readonly reference: readonly TensorData[];
  readonly others: readonly {
    readonly tensor: Tensor;
    readonly mu: number;
    readonly values: readonly TensorData[];
  }[];
}

/** Activations that are added up before the next sum's turn, so that the Reference's values are still in the cache. */
const CHUNK = 4096;

/** Opens a recorder on a place whose program has the Reference first, then the other models, and room for the plan. */
export function openRecorder(plan: RecorderPlan, place: Place): Recorder {
  const { samples, memory, own } = place;
  const models = samples[0]!;
  const sums = new Float32Array(memory.buffer, own, plan.sumBytes / 4);
  const kept = (model: number, name: string, sample: number): TensorData | undefined => {
    const offset = plan.kept.get(keptKey(model, name));
    if (offset === undefined) return undefined;
    const { dtype, shape } = tensorOf(models[model]!.graph, name);
    const start = own + plan.sumBytes + sample * plan.keptBytes + offset;
    return viewOf(dtype, memory.buffer, start, elementCount(shape));
  };
  const values = (model: number, name: string): TensorData[] =>
    samples.map((bound, sample) => kept(model, name, sample) ?? bound[model]!.view(name));
  const meetings = new Map(
    [...plan.lambda].map(([name, lambda]): [string, Meeting] => [
      name,
      {
        count: elementCount(tensorOf(models[0]!.graph, name).shape),
        lambda,
        reference: values(0, name),
        others: plan.mu.flatMap((offsets, i) => {
          const mu = offsets.get(name);
          const model = i + 1;
          return mu === undefined
            ? []
            : [{ tensor: tensorOf(models[model]!.graph, name), mu, values: values(model, name) }];
        }),
      },
    ]),
  );
  const add = place.kernels === undefined ? addPlainly(sums) : addFast(sums, place.kernels);

  const viewsOf = (offsets: ReadonlyMap<string, number>): Map<string, Float32Array> =>
    new Map(
      [...offsets].map(([name, offset]) => [name, sums.subarray(offset, offset + meetings.get(name)!.count)]),
    );
  sums.fill(0);

  return {
    run(inputs) {
      if (inputs.length < 1 || inputs.length > SAMPLES_AT_ONCE)
        throw new Error(`${inputs.length} samples at once`);
      inputs.forEach((values, sample) => {
        values.forEach((value, model) => {
          samples[sample]![model]!.feed([value]);
        });
      });
      for (const action of plan.actions)
        if (action.kind === 'meet') add(meetings.get(action.tensor)!, inputs.length);
        else
          for (let sample = 0; sample < inputs.length; sample++) {
            const model = samples[sample]![action.model]!;
            if (action.kind === 'run') model.steps[action.step]!.run();
            else
              (kept(action.model, action.tensor, sample) as Float32Array).set(
                model.view(action.tensor) as Float32Array,
              );
          }
    },
    startBlock() {
      sums.fill(0);
    },
    sums: { lambda: viewsOf(plan.lambda), mu: plan.mu.map(viewsOf) },
  };
}

type Add = (meeting: Meeting, samples: number) => void;

/** Adds the squares of one meeting by the fast kernels; what they do not know is added plainly. */
function addFast(sums: Float32Array, kernels: NonNullable<Place['kernels']>): Add {
  const plainly = addPlainly(sums);
  const addresses = (values: readonly TensorData[], first: number): number[] =>
    Array.from({ length: SAMPLES_AT_ONCE }, (_, sample) => {
      const data = values[sample] ?? values[0]!;
      return data.byteOffset + first * data.BYTES_PER_ELEMENT;
    });
  const at = (offset: number, first: number): number => sums.byteOffset + (offset + first) * 4;
  const isKnown = ({ dtype }: Tensor): boolean => dtype === 'int8' || dtype === 'float32';
  return (meeting, samples) => {
    const { count, lambda, reference, others } = meeting;
    if (!others.every(({ tensor }) => isKnown(tensor))) return plainly(meeting, samples);
    for (let first = 0; first < count; first += CHUNK) {
      const length = Math.min(CHUNK, count - first);
      const a = addresses(reference, first);
      kernels.sum_squares_float32(at(lambda, first), ...a, samples, length);
      for (const { tensor, mu, values } of others) {
        const b = addresses(values, first);
        if (tensor.quantization === undefined)
          kernels.sum_noise_float32(at(mu, first), ...a, ...b, samples, length);
        else {
          const { scales, zeroPoints } = tensor.quantization;
          kernels.sum_noise_int8(at(mu, first), ...a, ...b, samples, length, scales[0]!, zeroPoints[0]!);
        }
      }
    }
  };
}

/** Adds the squares of one meeting in plain JavaScript: what the fast kernels compute, and for any dtype. */
function addPlainly(sums: Float32Array): Add {
  let scratch = new Float32Array();
  return ({ count, lambda, reference, others }, samples) => {
    if (scratch.length < count) scratch = new Float32Array(count);
    for (let sample = 0; sample < samples; sample++) {
      const a = reference[sample] as Float32Array;
      for (let i = 0; i < count; i++)
        sums[lambda + i] = Math.fround(sums[lambda + i]! + Math.fround(a[i]! * a[i]!));
      for (const { tensor, mu, values } of others) {
        const b = realValues(tensor, values[sample]!, scratch);
        for (let i = 0; i < count; i++) {
          const difference = Math.fround(a[i]! - b[i]!);
          sums[mu + i] = Math.fround(sums[mu + i]! + Math.fround(difference * difference));
        }
      }
    }
  };
}
