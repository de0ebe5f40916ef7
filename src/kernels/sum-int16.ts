import type { Requantization, Rescale, SumAttributes } from '../ops/index.js';
import { hasRows, planOfRows, rowArguments } from './broadcast.js';
import type { FastKernel } from './fast-kernel.js';
import { roundsArgument } from './rescale.js';

/** Bits that the kernel shifts operands left. */
const LEFT_SHIFT = 15;

const factorsOf = ({ rescales: { a, b, output } }: Requantization): readonly Rescale[] =>
  [a, b, output] as Rescale[];

/** a + b or a − b of two int16 tensors with zero points 0, broadcast, that are rescaled. */
export const int16Sum = (op: 'add' | 'sub'): FastKernel<SumAttributes> => ({
  name: 'sum_int16_8',
  serves(site, reference) {
    if (site.attributes.byShifts || !hasRows(site, 'int16')) return false;
    const facts = reference.requantization!(site);
    return (
      facts.constants!.leftShift === LEFT_SHIFT &&
      [...facts.inputZeroPoints, facts.outputZeroPoint].every((zeroPoint) => zeroPoint === 0) &&
      factorsOf(facts).every(({ shift }) => shift >= -30 && shift <= 0)
    );
  },
  plan: planOfRows,
  bind(site, buffers, reference, kernels) {
    const facts = reference.requantization!(site);
    const parameters = [
      ...factorsOf(facts).flatMap(({ multiplier, shift }) => [multiplier, -shift]),
      roundsArgument(site.numerics),
      1n << 31n,
      facts.clamp.min,
      facts.clamp.max,
      buffers.scratch.byteOffset,
    ];
    const calls = rowArguments(site, buffers).map((rows) => [op === 'sub' ? 1 : 0, ...rows, ...parameters]);
    return () => {
      for (const call of calls) kernels.sum_int16_8(...call);
    };
  },
});
