import { powerOfTwo, roundingDivideByPot } from '../../core/index.js';
import type { Kernel, Requantization, Site } from '../define.js';
import { type ElementwiseAttributes, elementwisePlan, elementwiseRun } from './elementwise.js';
import { clampInto, tensorScale, zeroPointsAndClamp } from './requantize.js';
import { scaledSum } from './scaled-sum.js';

/** Attributes of a sum or difference. */
export interface SumAttributes extends ElementwiseAttributes {
  /** int16 values whose scales are powers of two are aligned by shifts instead of being rescaled. */
  readonly byShifts?: boolean;
}

/** Right shifts that bring the inputs to the output's scale; one of them is 0. */
function requantization({ inputs, outputs, attributes }: Site<SumAttributes>) {
  const [a, b, output] = [...inputs, outputs[0]!].map((tensor) => powerOfTwo(tensorScale(tensor))!) as [
    number,
    number,
    number,
  ];
  return {
    accumulator: 'int32',
    constants: { rightShiftA: output - a, rightShiftB: output - b },
    rescales: {},
    ...zeroPointsAndClamp(inputs, outputs[0]!, attributes.activation),
  } satisfies Requantization;
}

/**
 * a + b and a − b (`sign` −1) of int16 values in scales that are powers of two, zero points 0
 * (TensorFlow Lite kernels/internal/reference/add.h, `Add` with `pot_scale`, and sub.h, `Sub16`).
 */
const shiftedSum = (sign: 1 | -1): Kernel<SumAttributes> => ({
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const { rightShiftA, rightShiftB } = facts.constants;
    const store = clampInto(buffers.outputs[0]!, facts);
    return elementwiseRun(site, buffers, (index, qA, qB, trace) => {
      const sum = roundingDivideByPot(qA, rightShiftA) + sign * roundingDivideByPot(qB, rightShiftB);
      store(index, sum, sum, trace);
    });
  },
});

/** The int16 kernel of a + b and a − b (`sign` −1). */
export function int16Sum(sign: 1 | -1): Kernel<SumAttributes> {
  const [shifted, scaled] = [shiftedSum(sign), scaledSum(sign)];
  const kernelOf = ({ attributes }: Site<SumAttributes>): Kernel<SumAttributes> =>
    attributes.byShifts ? shifted : scaled;
  return {
    plan: elementwisePlan,
    requantization: (site) => kernelOf(site).requantization!(site),
    prepare: (site, buffers) => kernelOf(site).prepare(site, buffers),
  };
}
