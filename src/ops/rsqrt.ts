import { clamp, failure, inverseSquareRoot, multiplyByQuantizedMultiplier } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { floatFunction, int16Function } from './support/function.js';
import { applyRescale, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

const evaluate = (x: number): number => Math.fround(1 / Math.fround(Math.sqrt(x)));

/** The root of an integer is kept times 2^20. */
const ROOT_BITS = 20;

/** Right shifts beyond this have no bits left to drop. */
const LARGEST_RIGHT_SHIFT = 31;

/** TensorFlow Lite kernels/elementwise.cc, `SetRsqrtOutputMultiplier`: 1 / (√Δ_in · Δ_out), the product in float32. */
function requantization({ inputs, outputs: [output] }: Site<unknown>) {
  const rootOfScale = Math.fround(Math.sqrt(tensorScale(inputs[0]!)));
  const { factor, multiplier, shift } = rescaleBy(1 / Math.fround(rootOfScale * tensorScale(output!)));
  return {
    constants: { rootBits: ROOT_BITS },
    rescales: {
      output: {
        factor: factor / 2 ** ROOT_BITS,
        multiplier,
        shift: Math.max(shift - ROOT_BITS, -LARGEST_RIGHT_SHIFT),
      },
    },
    ...zeroPointsAndClamp(inputs, output!),
  } satisfies Requantization;
}

const requireNotNegative = (value: number, { inputs: [input] }: Site<unknown>): void => {
  if (value < 0)
    throw failure(
      `${input!.name} holds a negative number, which has no square root; TensorFlow Lite stops too`,
    );
};

/** TensorFlow Lite kernels/elementwise.cc, `RsqrtEvalQuantizedInt8`. 0 gives the largest output. */
const int8: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  requantization,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0] as Int8Array;
    const { rescales, inputZeroPoints, outputZeroPoint, clamp: range } = requantization(site);
    const { rounding } = site.numerics;
    return () => {
      for (let i = 0; i < x.length; i++) {
        const value = x[i]! - inputZeroPoints[0]!;
        requireNotNegative(value, site);
        const { multiplier, shift } = inverseSquareRoot(value);
        const root = multiplyByQuantizedMultiplier(1, multiplier, shift + ROOT_BITS);
        const rescaled = applyRescale(root, rescales.output, rounding) + outputZeroPoint;
        output[i] = value === 0 ? range.max : clamp(rescaled, range.min, range.max);
      }
    };
  },
};

/** TensorFlow Lite kernels/elementwise.cc: a table in which what is not positive counts as the largest output. */
const table = int16Function<unknown>((x, { outputs: [output] }) =>
  x <= 0 ? Math.fround(32767 * tensorScale(output!)) : evaluate(x),
);

const int16: Kernel<unknown> = {
  ...table,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int16Array;
    const run = table.prepare(site, buffers);
    return () => {
      for (let i = 0; i < x.length; i++) requireNotNegative(x[i]!, site);
      run();
    };
  },
};

/** 1/√x. In float infinity for 0 and NaN below; the integer kernels stop there. */
export const rsqrt = defineOp({
  name: 'rsqrt',
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div'] },
  kernels: { float32: floatFunction(evaluate), int8, int16 },
});
