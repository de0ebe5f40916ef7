import type { Tensor } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { elementwisePlan, elementwiseRun, elementwiseShapes } from './support/elementwise.js';
import { applyRescale, clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

const float32: Kernel<unknown> = {
  plan: elementwisePlan,
  prepare(site, buffers) {
    const output = buffers.outputs[0] as Float32Array;
    return elementwiseRun(site, buffers, (index, a, b) => {
      const difference = Math.fround(a - b);
      output[index] = difference * difference;
    });
  },
};

const int32: Kernel<unknown> = {
  plan: elementwisePlan,
  prepare(site, buffers) {
    const output = buffers.outputs[0] as Int32Array;
    return elementwiseRun(site, buffers, (index, a, b) => {
      output[index] = Math.imul(a - b, a - b);
    });
  },
};

/** Inputs are shifted left by 7 bits, so that the square of their difference fits 32. */
const LEFT_SHIFT = 7;

/** Both inputs are rescaled to twice the larger scale (TensorFlow Lite kernels/squared_difference.cc, `Prepare`). */
function requantization({ inputs, outputs: [output] }: Site<unknown>) {
  const [a, b] = inputs as [Tensor, Tensor];
  const twiceMaxScale = 2 * Math.max(tensorScale(a), tensorScale(b));
  return {
    accumulator: 'int32',
    constants: { leftShift: LEFT_SHIFT },
    rescales: {
      a: rescaleBy(tensorScale(a) / twiceMaxScale),
      b: rescaleBy(tensorScale(b) / twiceMaxScale),
      output: rescaleBy(
        (twiceMaxScale * twiceMaxScale) / Math.fround(4 ** LEFT_SHIFT * tensorScale(output!)),
      ),
    },
    ...zeroPointsAndClamp(inputs, output!),
  } satisfies Requantization;
}

/** TensorFlow Lite kernels/squared_difference.cc, `SquaredDifference`. With rounding `floor` all three rescales truncate. */
const int8: Kernel<unknown> = {
  plan: elementwisePlan,
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const { a, b, output } = facts.rescales;
    const [zeroPointA, zeroPointB] = facts.inputZeroPoints as [number, number];
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return elementwiseRun(site, buffers, (index, qA, qB, trace) => {
      const scaledA = applyRescale((qA - zeroPointA) * 2 ** LEFT_SHIFT, a, rounding);
      const scaledB = applyRescale((qB - zeroPointB) * 2 ** LEFT_SHIFT, b, rounding);
      const square = (scaledA - scaledB) ** 2;
      store(index, square, applyRescale(square, output, rounding) + facts.outputZeroPoint, trace);
    });
  },
};

/** (a − b)², broadcast as NumPy does. */
export const squaredDifference = defineOp({
  name: 'squared_difference',
  inferShapes: (inputs, _attributes: unknown) => elementwiseShapes(inputs),
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div'] },
  kernels: { float32, int8, int32 },
});
