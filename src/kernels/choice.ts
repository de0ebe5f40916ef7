import { sameQuantization } from '../core/index.js';
import { hasRows, planOfRows, rowArguments } from './broadcast.js';
import type { FastKernel } from './fast-kernel.js';

/** Codes of the operators in `assembly/choice-8.ts`. */
const CODES = {
  maximum: { int8: 0, uint8: 2 },
  minimum: { int8: 1, uint8: 3 },
} as const;

/** The larger or the smaller of two elements of 8 bits, broadcast. */
export const byteChoice = (op: keyof typeof CODES, dtype: 'int8' | 'uint8'): FastKernel<unknown> => ({
  name: 'choice_8_16',
  serves: (site) =>
    hasRows(site, dtype) &&
    site.inputs.every(({ quantization }) => sameQuantization(quantization, site.outputs[0]!.quantization)),
  plan: planOfRows,
  bind(site, buffers, _reference, kernels) {
    const calls = rowArguments(site, buffers).map((rows) => [
      CODES[op][dtype],
      ...rows,
      buffers.scratch.byteOffset,
    ]);
    return () => {
      for (const call of calls) kernels.choice_8_16(...call);
    };
  },
});
