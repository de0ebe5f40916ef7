import { type DType, type Tensor, zeroPointOf } from '../../core/index.js';
import type { Kernel, Site } from '../define.js';
import { requireSharedQuantization } from './shared.js';

/** In a table of sources: no element, but the real 0. */
export const ZERO = -1;

/** The element that stands for 0. */
const zeroOf = ({ name, dtype, quantization }: Tensor): number | bigint => {
  if (quantization !== undefined) return zeroPointOf(quantization, name);
  return dtype === 'int64' ? 0n : 0;
};

/**
 * A kernel that moves elements and computes nothing, for values of any dtype.
 * @param sourcesOf for each output element the index of the input element that it is, or `ZERO`
 */
export const move = <A>(sourcesOf: (site: Site<A>) => Int32Array): Kernel<A> => ({
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const sources = sourcesOf(site);
    const zero = zeroOf(site.outputs[0]!) as number;
    return () => {
      for (let i = 0; i < sources.length; i++) {
        const source = sources[i]!;
        output[i] = source === ZERO ? zero : x[source]!;
      }
    };
  },
});

/** The kernel of an operator that treats values of every dtype alike. */
export const forEveryDType = <A>(kernel: Kernel<A>): Readonly<Record<DType, Kernel<A>>> => ({
  float32: kernel,
  int8: kernel,
  uint8: kernel,
  int16: kernel,
  int32: kernel,
  int64: kernel,
});
