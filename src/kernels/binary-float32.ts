import { ACTIVATION_BOUNDS, type Activation } from '../ops/index.js';
import { hasRows, planOfRows, rowArguments } from './broadcast.js';
import type { FastKernel } from './fast-kernel.js';

/** Codes of the operators in `assembly/binary-float32.ts`. */
const CODES = {
  add: 0,
  sub: 1,
  mul: 2,
  div: 3,
  maximum: 4,
  minimum: 5,
  squared_difference: 6,
  prelu: 7,
} as const;

const LARGEST_FLOAT = 3.4028234663852886e38;

/** Bounds of an operator's results. A quotient that overflows is the largest float. */
function boundsOf(op: keyof typeof CODES, activation: Activation = 'none'): readonly [number, number] {
  const [min, max] = ACTIVATION_BOUNDS[activation];
  return op === 'div' ? [Math.max(min, -LARGEST_FLOAT), Math.min(max, LARGEST_FLOAT)] : [min, max];
}

/** An elementwise operator of two float32 tensors, broadcast. */
export const floatBinary = (
  op: keyof typeof CODES,
): FastKernel<{ readonly activation?: Activation } | undefined> => ({
  name: 'binary_float32_4',
  serves: (site) => hasRows(site, 'float32'),
  plan: planOfRows,
  bind(site, buffers, _reference, kernels) {
    const bounds = boundsOf(op, site.attributes?.activation);
    const calls = rowArguments(site, buffers).map((rows) => [
      CODES[op],
      ...rows,
      ...bounds,
      buffers.scratch.byteOffset,
    ]);
    return () => {
      for (const call of calls) kernels.binary_float32_4(...call);
    };
  },
});
