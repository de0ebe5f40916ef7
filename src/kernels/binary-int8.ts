import type { Requantization, Rescale } from '../ops/index.js';
import { hasRows, planOfRows, rowArguments } from './broadcast.js';
import type { FastKernel } from './fast-kernel.js';
import { canRescale, rescaleArguments, roundsArgument } from './rescale.js';

/** Codes of the operators in `assembly/binary-int8.ts`. */
const CODES = { add: 0, sub: 1, mul: 2, squared_difference: 3, prelu: 4 } as const;

/** |q − Z| of int8. */
const LARGEST_CENTRED = 255;

/** A factor, the largest magnitude of what it is applied to, and the bits that this is shifted left first. */
interface Factor {
  readonly rescale: Rescale;
  readonly largest: number;
  readonly shifted?: number;
}

/** The factors of a, of b and of the result, as far as an operator has them. */
function factorsOf(op: keyof typeof CODES, facts: Requantization): readonly (Factor | undefined)[] {
  const { a, b, output, positive, negative } = facts.rescales as Readonly<Record<string, Rescale>>;
  const [largest, square] = [LARGEST_CENTRED, LARGEST_CENTRED ** 2];
  if (op === 'prelu')
    return [{ rescale: positive!, largest }, { rescale: negative!, largest: square }, undefined];
  if (op === 'mul') return [undefined, undefined, { rescale: output!, largest: square }];
  const shifted = facts.constants!.leftShift!;
  const sum = Math.ceil(largest * 2 ** shifted * (a!.factor + b!.factor)) + 2;
  return [
    { rescale: a!, largest, shifted },
    { rescale: b!, largest, shifted },
    { rescale: output!, largest: op === 'squared_difference' ? sum ** 2 : sum },
  ];
}

/** An elementwise operator of two int8 tensors, broadcast, with rescales of its operands or of its result. */
export const int8Binary = (op: keyof typeof CODES): FastKernel<unknown> => ({
  name: 'binary_int8_8',
  serves: (site, reference) =>
    hasRows(site, 'int8') &&
    factorsOf(op, reference.requantization!(site)).every(
      (factor) => factor === undefined || canRescale(factor.rescale, factor.largest, factor.shifted),
    ),
  plan: planOfRows,
  bind(site, buffers, reference, kernels) {
    const facts = reference.requantization!(site);
    const { inputZeroPoints, weightZeroPoints = [], outputZeroPoint, clamp } = facts;
    const parameters = [
      ...inputZeroPoints,
      ...weightZeroPoints,
      ...factorsOf(op, facts).flatMap((factor) =>
        factor === undefined ? [0, 0, 0] : rescaleArguments(factor.rescale, factor.shifted),
      ),
      roundsArgument(site.numerics),
      1n << 31n,
      outputZeroPoint,
      clamp.min,
      clamp.max,
      buffers.scratch.byteOffset,
    ];
    const calls = rowArguments(site, buffers).map((rows) => [CODES[op], ...rows, ...parameters]);
    return () => {
      for (const call of calls) kernels.binary_int8_8(...call);
    };
  },
});
