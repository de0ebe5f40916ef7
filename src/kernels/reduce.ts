import { elementCount, sameQuantization } from '../core/index.js';
import { type ReduceAttributes, type Rescale, reducedDimensions, type Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';
import { canRescale, rescaleArguments, roundsArgument } from './rescale.js';

/** The input as three dimensions of which the middle one is reduced, or undefined where it cannot be seen so. */
function threeDimensions({ inputs: [input], attributes }: Site<ReduceAttributes>) {
  const { shape } = input!;
  const reduced = reducedDimensions(shape, attributes.axes).map(
    (isReduced, d) => isReduced && shape[d] !== 1,
  );
  const first = reduced.indexOf(true);
  if (first === -1) return { outer: 1, count: 1, inner: elementCount(shape) };
  const last = reduced.lastIndexOf(true);
  if (reduced.some((isReduced, d) => !isReduced && d > first && d < last && shape[d] !== 1)) return undefined;
  return {
    outer: elementCount(shape.slice(0, first)),
    count: elementCount(shape.slice(first, last + 1)),
    inner: elementCount(shape.slice(last + 1)),
  };
}

/** Numbers up to this are float32 numbers. */
const LARGEST_COUNT = 2 ** 24;

/** Codes of the operators in `assembly/reduce-float32.ts`. */
const CODES = { mean: 0, sum: 1, reduce_max: 2 } as const;

/** A reduction of neighbouring dimensions in float32. */
export const floatReduce = (op: keyof typeof CODES): FastKernel<ReduceAttributes> => ({
  name: 'reduce_float32_4',
  serves: (site) => (threeDimensions(site)?.count ?? Infinity) <= LARGEST_COUNT,
  plan: () => ({}),
  bind(site, { inputs: [input], outputs: [output] }, _reference, kernels) {
    const { outer, count, inner } = threeDimensions(site)!;
    const call = [CODES[op], input!.byteOffset, outer, count, inner * 4, output!.byteOffset];
    return () => kernels.reduce_float32_4(...call);
  },
});

/** |q − Z| of int8. */
const LARGEST_CENTRED = 255;

/** mean of neighbouring dimensions in int8. */
export const int8Mean: FastKernel<ReduceAttributes> = {
  name: 'mean_int8_8',
  serves(site, reference) {
    const { output } = reference.requantization!(site).rescales;
    const dimensions = threeDimensions(site);
    return (
      site.outputs[0]!.dtype === 'int8' &&
      dimensions !== undefined &&
      canRescale(output as Rescale, dimensions.count * LARGEST_CENTRED)
    );
  },
  plan: () => ({}),
  bind(site, { inputs: [input], outputs: [output] }, reference, kernels) {
    const { outer, count, inner } = threeDimensions(site)!;
    const { rescales, inputZeroPoints, outputZeroPoint, clamp } = reference.requantization!(site);
    const call = [
      input!.byteOffset,
      outer,
      count,
      inner,
      output!.byteOffset,
      inputZeroPoints[0]!,
      ...rescaleArguments(rescales.output as Rescale),
      roundsArgument(site.numerics),
      outputZeroPoint,
      clamp.min,
      clamp.max,
    ];
    return () => kernels.mean_int8_8(...call);
  },
};

/** reduce_max of neighbouring dimensions in int8. */
export const int8Max: FastKernel<ReduceAttributes> = {
  name: 'max_int8_16',
  serves: (site) =>
    sameQuantization(site.inputs[0]!.quantization, site.outputs[0]!.quantization) &&
    threeDimensions(site) !== undefined,
  plan: () => ({}),
  bind(site, { inputs: [input], outputs: [output] }, _reference, kernels) {
    const { outer, count, inner } = threeDimensions(site)!;
    const call = [input!.byteOffset, outer, count, inner, output!.byteOffset];
    return () => kernels.max_int8_16(...call);
  },
};
