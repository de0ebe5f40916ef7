import { type Tensor, zeroPointOf } from '../../core/index.js';
import type { Kernel, Site } from '../define.js';
import { requireSharedQuantization } from './shared.js';

/** In a table of sources: no element, but the real 0. */
export const ZERO = -1;

/** The integer that stands for 0, or the float 0. */
export const zeroOf = ({ name, dtype, quantization }: Tensor): number =>
  dtype === 'float32' ? 0 : zeroPointOf(quantization, name);

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
    const zero = sources.includes(ZERO) ? zeroOf(site.outputs[0]!) : 0;
    return () => {
      for (let i = 0; i < sources.length; i++) {
        const source = sources[i]!;
        output[i] = source === ZERO ? zero : x[source]!;
      }
    };
  },
});
