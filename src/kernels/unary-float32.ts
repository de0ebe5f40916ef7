import type { ReluAttributes, Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';

/** Codes of the operators in `assembly/unary-float32.ts`. */
const CODES = {
  relu: 0,
  logistic: 1,
  tanh: 2,
  exp: 3,
  elu: 4,
  abs: 5,
  neg: 6,
  sqrt: 7,
  rsqrt: 8,
  clamp: 9,
  hard_swish: 10,
} as const;

/** What the kernel takes: a code, and up to four numbers. */
interface Call {
  readonly op: keyof typeof CODES;
  readonly parameters?: readonly number[];
}

/** A function of each float32 element. */
const floatUnary = <A>(callOf: (attributes: A) => Call): FastKernel<A> => ({
  name: 'unary_float32_4',
  serves: () => true,
  plan: () => ({ inPlace: true }),
  bind({ attributes }: Site<A>, { inputs: [input], outputs: [output] }, _reference, kernels) {
    const addresses = [input!.byteOffset, output!.byteOffset, output!.byteLength];
    const { op, parameters = [] } = callOf(attributes);
    const [first = 0, second = 0, third = 0, fourth = 0] = parameters.map(Math.fround);
    const call = [CODES[op], ...addresses, first, second, third, fourth];
    return () => kernels.unary_float32_4(...call);
  },
});

/** The usual ReLUs only clamp. With an upper bound of 0 that would keep −0, which is not above it. */
export const floatRelu = floatUnary<ReluAttributes>(({ min = 0, max, negativeSlope, threshold }) => {
  const upper = max ?? Infinity;
  return negativeSlope === 0 && threshold === min && upper > min && upper !== 0
    ? { op: 'clamp', parameters: [min, upper] }
    : { op: 'relu', parameters: [upper, negativeSlope, threshold, min] };
});
export const floatElu = floatUnary<{ readonly alpha: number }>(({ alpha }) => ({
  op: 'elu',
  parameters: [alpha],
}));
export const floatFunction = (op: keyof typeof CODES): FastKernel<unknown> => floatUnary(() => ({ op }));
