import type { ReluAttributes, Site } from '../ops/index.js';
import { EXPONENTIAL_BYTES, packExponential } from './exponential-table.js';
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
  plan: () => ({ constantBytes: EXPONENTIAL_BYTES, inPlace: true }),
  pack: (_site, constants) => packExponential(constants),
  bind({ attributes }: Site<A>, { inputs: [input], outputs: [output], constants }, _, kernels) {
    const addresses = [input!.byteOffset, output!.byteOffset, output!.byteLength];
    const { op, parameters = [] } = callOf(attributes);
    const [first = 0, second = 0, third = 0, fourth = 0] = parameters.map(Math.fround);
    const call = [CODES[op], ...addresses, first, second, third, fourth, constants.byteOffset];
    return () => kernels.unary_float32_4(...call);
  },
});

/** The bounds of a ReLU that only clamps, as the usual ones do. With an upper bound of 0 that would keep −0, which is not above it. */
export function clampBounds({ min = 0, max, negativeSlope, threshold }: ReluAttributes) {
  const upper = max ?? Infinity;
  const onlyClamps = negativeSlope === 0 && threshold === min && upper > min && upper !== 0;
  return onlyClamps ? ([min, upper] as const) : undefined;
}

export const floatRelu = floatUnary<ReluAttributes>((attributes) => {
  const bounds = clampBounds(attributes);
  if (bounds !== undefined) return { op: 'clamp', parameters: bounds };
  const { min = 0, max = null, negativeSlope, threshold } = attributes;
  return { op: 'relu', parameters: [max ?? Infinity, negativeSlope, threshold, min] };
});
export const floatElu = floatUnary<{ readonly alpha: number }>(({ alpha }) => ({
  op: 'elu',
  parameters: [alpha],
}));
export const floatFunction = (op: keyof typeof CODES): FastKernel<unknown> => floatUnary(() => ({ op }));
