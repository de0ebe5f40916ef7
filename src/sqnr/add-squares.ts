import { realValues, type Tensor, type TensorData } from '../core/index.js';
import type { Place } from '../engine/index.js';

/** A tensor that has been written, and its twins; values of each sample. */
export interface Written {
  readonly name: string;
  readonly lambda: Float32Array;
  readonly values: readonly Float32Array[];
  readonly twins: readonly {
    readonly tensor: Tensor;
    readonly mu: Float32Array;
    readonly values: readonly TensorData[];
  }[];
}

/** Activations that are added up before the next sum's turn, so that the Reference's values are still in the cache. */
const CHUNK = 4096;

/** Adds the squares of some samples to the sums of a tensor and its twins. @param isFirst whether sums begin with these samples */
export type Add = (samples: number, isFirst: boolean) => void;

/** Adds by the fast kernels; what they do not know is added plainly. */
export function addFast(kernels: NonNullable<Place['kernels']>, stride: number): (written: Written) => Add {
  return (written) => {
    const { lambda, values, twins } = written;
    const isKnown =
      values[0] instanceof Float32Array &&
      twins.every(({ tensor: { dtype } }) => dtype === 'int8' || dtype === 'int16' || dtype === 'float32');
    if (!isKnown) return addPlainly(written);
    const [sums, a] = [lambda.byteOffset, values[0]!.byteOffset];
    const noises = twins.map(({ tensor: { dtype, quantization }, mu, values }) => {
      const { byteOffset: b, BYTES_PER_ELEMENT: bytes } = values[0]!;
      const sums = mu.byteOffset;
      if (quantization === undefined)
        return (start: number, count: number, samples: number, first: number): void =>
          kernels.sum_noise_float32(
            sums + 4 * start,
            a + 4 * start,
            b + 4 * start,
            stride,
            samples,
            count,
            first,
          );
      const add = dtype === 'int16' ? kernels.sum_noise_int16 : kernels.sum_noise_int8;
      const [scale, zero] = [quantization.scales[0]!, quantization.zeroPoints[0]!];
      return (start: number, count: number, samples: number, first: number): void =>
        add(sums + 4 * start, a + 4 * start, b + bytes * start, stride, samples, count, scale, zero, first);
    });
    return (samples, isFirst) => {
      const first = Number(isFirst);
      for (let start = 0; start < lambda.length; start += CHUNK) {
        const count = Math.min(CHUNK, lambda.length - start);
        kernels.sum_squares_float32(sums + 4 * start, a + 4 * start, stride, samples, count, first);
        for (const add of noises) add(start, count, samples, first);
      }
    };
  };
}

/** Adds in plain JavaScript: what the fast kernels compute, and for any dtype. */
export function addPlainly({ lambda, values: references, twins }: Written): Add {
  return (samples, isFirst) => {
    const real = new Float32Array(lambda.length);
    if (isFirst) for (const sums of [lambda, ...twins.map(({ mu }) => mu)]) sums.fill(0);
    for (let sample = 0; sample < samples; sample++) {
      const a = references[sample]!;
      for (let i = 0; i < lambda.length; i++)
        lambda[i] = Math.fround(lambda[i]! + Math.fround(a[i]! * a[i]!));
      for (const { tensor, mu, values } of twins) {
        const b = realValues(tensor, values[sample]!, real);
        for (let i = 0; i < mu.length; i++) {
          const difference = Math.fround(a[i]! - b[i]!);
          mu[i] = Math.fround(mu[i]! + Math.fround(difference * difference));
        }
      }
    }
  };
}
