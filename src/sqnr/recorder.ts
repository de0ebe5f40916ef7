import { realValues, type Tensor, type TensorData, tensorOf } from '../core/index.js';
import { type Place, stepOf } from '../engine/index.js';
import { keyOf, meetingsOf, type RecorderPlan } from './plan.js';

/**
 * Runs a Reference united with other models on samples, and accumulates λ of the Reference's activations and μ of their twins
 * against them, for every tensor that they share by name. Sums are float32 within a block of samples and
 * float64 across blocks: a block is short enough that float32 loses less than 20 · 2^−24 of a sum, and totals of any number
 * of blocks stay exact to 2^−50. Each sum takes its samples one after the other, so it does not matter how many run at once.
 */
export interface Recorder {
  /**
   * Runs 1 to `SAMPLES_AT_ONCE` samples.
   * @param images the input of the Reference for each sample
   */
  run(images: readonly Float32Array[]): void;
  /** Sets the sums to zero. */
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

/** A tensor that has been written, and its twins. */
interface Written {
  readonly lambda: Float32Array;
  readonly reference: Values;
  readonly twins: readonly { readonly tensor: Tensor; readonly mu: Float32Array; readonly values: Values }[];
}

/** The values of a tensor for each sample, and where four of them start; those that are missing are not read. */
interface Values {
  readonly samples: readonly TensorData[];
  readonly addresses: readonly [number, number, number, number];
}

/** Activations that are added up before the next sum's turn, so that the Reference's values are still in the cache. */
const CHUNK = 4096;

/** Opens a recorder on a place whose program is that of the union, with room for the sums and with the plan's meetings. */
export function openRecorder(plan: RecorderPlan, { samples, memory, own, kernels }: Place): Recorder {
  const models = samples.map(([model]) => model!);
  const {
    graph,
    steps,
    plan: { writtenAt },
  } = models[0]!;
  const all = new Float32Array(memory.buffer, own, plan.sumBytes / 4);
  all.fill(0);
  const lambda = new Map<string, Float32Array>();
  const mu = new Map<string, Float32Array>();
  const add = kernels === undefined ? addPlainly : addFast(kernels);
  const meetings = meetingsOf(plan);
  const after = new Map<number, Written[]>();
  plan.recordings.forEach(({ reference, twins, ...offsets }, i) => {
    const valuesOf = (name: string): Values => {
      const views = models.map((model) => model.view(name));
      const [a, b = a, c = a, d = a] = views.map(({ byteOffset }) => byteOffset);
      return { samples: views, addresses: [a!, b!, c!, d!] };
    };
    const values = valuesOf(reference);
    const sumAt = (offset: number): Float32Array => all.subarray(offset, offset + values.samples[0]!.length);
    lambda.set(reference, sumAt(offsets.lambda));
    for (const { twin, mu: offset } of twins) mu.set(keyOf({ reference, twin }), sumAt(offset));
    const written: Written = {
      lambda: sumAt(offsets.lambda),
      reference: values,
      twins: twins.map(({ twin, mu: offset }) => ({
        tensor: tensorOf(graph, twin),
        mu: sumAt(offset),
        values: valuesOf(twin),
      })),
    };
    const step = stepOf(meetings[i]!, writtenAt);
    after.set(step, [...(after.get(step) ?? []), written]);
  });
  const addAfter = (step: number, count: number): void => {
    for (const written of after.get(step) ?? []) add(written, count);
  };

  return {
    run(images) {
      const count = images.length;
      if (count < 1 || count > samples.length) throw new Error(`${count} samples at once`);
      images.forEach((image, sample) => {
        models[sample]!.feed([image]);
      });
      addAfter(-1, count);
      for (let step = 0; step < steps.length; step++) {
        for (let sample = 0; sample < count; sample++) models[sample]!.steps[step]!.run();
        addAfter(step, count);
      }
    },
    startBlock() {
      all.fill(0);
    },
    sums: { lambda, mu },
  };
}

type Add = (written: Written, samples: number) => void;

/** Adds squares by the fast kernels; what they do not know is added plainly. */
function addFast(kernels: NonNullable<Place['kernels']>): Add {
  const isKnown = ({ dtype }: Tensor): boolean => dtype === 'int8' || dtype === 'float32';
  return (written, samples) => {
    const { lambda, reference, twins } = written;
    if (!twins.every(({ tensor }) => isKnown(tensor))) return addPlainly(written, samples);
    const [a, b, c, d] = reference.addresses;
    for (let first = 0; first < lambda.length; first += CHUNK) {
      const count = Math.min(CHUNK, lambda.length - first);
      const at = 4 * first;
      kernels.sum_squares_float32(lambda.byteOffset + at, a + at, b + at, c + at, d + at, samples, count);
      for (const { tensor, mu, values } of twins) {
        const [p, q, r, s] = values.addresses;
        if (tensor.quantization === undefined)
          kernels.sum_noise_float32(
            mu.byteOffset + at,
            a + at,
            b + at,
            c + at,
            d + at,
            p + at,
            q + at,
            r + at,
            s + at,
            samples,
            count,
          );
        else {
          const { scales, zeroPoints } = tensor.quantization;
          kernels.sum_noise_int8(
            mu.byteOffset + at,
            a + at,
            b + at,
            c + at,
            d + at,
            p + first,
            q + first,
            r + first,
            s + first,
            samples,
            count,
            scales[0]!,
            zeroPoints[0]!,
          );
        }
      }
    }
  };
}

/** Adds squares in plain JavaScript: what the fast kernels compute, and for any dtype. */
function addPlainly({ lambda, reference, twins }: Written, samples: number): void {
  const real = new Float32Array(lambda.length);
  for (let sample = 0; sample < samples; sample++) {
    const a = reference.samples[sample] as Float32Array;
    for (let i = 0; i < lambda.length; i++) lambda[i] = Math.fround(lambda[i]! + Math.fround(a[i]! * a[i]!));
    for (const { tensor, mu, values } of twins) {
      const b = realValues(tensor, values.samples[sample]!, real);
      for (let i = 0; i < mu.length; i++) {
        const difference = Math.fround(a[i]! - b[i]!);
        mu[i] = Math.fround(mu[i]! + Math.fround(difference * difference));
      }
    }
  }
}
