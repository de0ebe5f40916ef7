import { elementCount, type Tensor } from '../core/index.js';
import { exponentialOf, type Rescale, type SoftmaxAttributes } from '../ops/index.js';
import { EXPONENTIAL_BYTES, packExponential } from './exponential-table.js';
import type { FastKernel } from './fast-kernel.js';

const depthOf = ({ shape }: Tensor): number => shape.at(-1)!;
const rowsOf = (tensor: Tensor): number => elementCount(tensor.shape) / depthOf(tensor);

/** softmax in float32. */
export const floatSoftmax: FastKernel<SoftmaxAttributes> = {
  name: 'softmax_float32_4',
  serves: () => true,
  plan: () => ({ constantBytes: EXPONENTIAL_BYTES, inPlace: true }),
  pack: (_site, constants) => packExponential(constants),
  bind({ inputs: [tensor], attributes }, { inputs: [input], outputs: [output], constants }, _, kernels) {
    const call = [
      input!.byteOffset,
      output!.byteOffset,
      rowsOf(tensor!),
      depthOf(tensor!) * 4,
      Math.fround(attributes.beta),
      constants.byteOffset,
    ];
    return () => kernels.softmax_float32_4(...call);
  },
};

/** Sums of so many exponentials fit 32 bits. */
const LARGEST_DEPTH = 4096;

/** Differences of int8 from the row's maximum. */
const DIFFERENCES = 256;

/** softmax in int8, with the output's parameters that the operator fixes. */
export const int8Softmax: FastKernel<SoftmaxAttributes> = {
  name: 'softmax_int8',
  serves({ inputs: [input], outputs: [output] }) {
    const { scales, zeroPoints, bits, signed } = output!.quantization!;
    const hasFixedParameters = scales[0] === 2 ** -bits && zeroPoints[0] === -(2 ** (bits - 1));
    return output!.dtype === 'int8' && signed && hasFixedParameters && depthOf(input!) <= LARGEST_DEPTH;
  },
  plan: () => ({ constantBytes: DIFFERENCES * 4, inPlace: true }),
  pack(site, { buffer, byteOffset }, reference) {
    const { rescales, constants } = reference.requantization!(site);
    const exponential = exponentialOf({
      rescales: { difference: rescales.difference as Rescale },
      constants: { smallestDifference: constants!.smallestDifference! },
    });
    new Int32Array(buffer, byteOffset, DIFFERENCES).forEach((_, d, table) => {
      table[d] = exponential(-d);
    });
  },
  bind(site, { inputs: [input], outputs: [output], constants }, reference, kernels) {
    const { clamp } = reference.requantization!(site);
    const call = [
      input!.byteOffset,
      output!.byteOffset,
      rowsOf(site.inputs[0]!),
      depthOf(site.inputs[0]!),
      constants.byteOffset,
      site.outputs[0]!.quantization!.bits,
      clamp.min,
      clamp.max,
    ];
    return () => kernels.softmax_int8(...call);
  },
};
