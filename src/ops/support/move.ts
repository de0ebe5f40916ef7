import {
  clamp,
  type DType,
  integerRange,
  roundHalfAwayFromZero,
  scaleOf,
  type Tensor,
  zeroPointOf,
} from '../../core/index.js';
import type { Kernel, Site } from '../define.js';
import { NONE } from './positions.js';
import { requireSharedQuantization } from './shared.js';

/** The element that stands for a real number. */
function elementOf(real: number, { name, dtype, quantization }: Tensor): number | bigint {
  if (quantization === undefined) return dtype === 'int64' ? BigInt(real) : real;
  const { min, max } = integerRange(quantization.bits, quantization.signed);
  const steps = roundHalfAwayFromZero(real / scaleOf(quantization, name));
  return clamp(steps + zeroPointOf(quantization, name), min, max);
}

/** Whether a real number is 0 and has an element that others subtract as the zero point. */
export const isZero = (real: number, tensor: Tensor): boolean =>
  real === 0 &&
  (tensor.quantization === undefined || elementOf(0, tensor) === tensor.quantization.zeroPoints[0]);

/**
 * A kernel that moves elements and computes nothing, for values of any dtype.
 * @param sourcesOf for each output element the index of the input element that it is, or `NONE`
 * @param outsideOf the real number where there is none; 0 when absent
 */
export const move = <A>(
  sourcesOf: (site: Site<A>) => Int32Array,
  outsideOf: (attributes: A) => number = () => 0,
): Kernel<A> => ({
  origins(site) {
    return isZero(outsideOf(site.attributes), site.outputs[0]!) ? () => sourcesOf(site) : undefined;
  },
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const sources = sourcesOf(site);
    const outside = elementOf(outsideOf(site.attributes), site.outputs[0]!) as number;
    return () => {
      for (let i = 0; i < sources.length; i++) {
        const source = sources[i]!;
        output[i] = source === NONE ? outside : x[source]!;
      }
    };
  },
});

/** The kernels of an operator that treats values of every dtype alike. */
export const forEveryDType = <A>(kernel: Kernel<A>): Readonly<Record<DType, Kernel<A>>> => ({
  float32: kernel,
  int8: kernel,
  uint8: kernel,
  int16: kernel,
  int32: kernel,
  int64: kernel,
});
