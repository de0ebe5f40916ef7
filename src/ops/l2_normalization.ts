import { clamp, inverseSquareRoot, multiplyByQuantizedMultiplier } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { requireFixedOutput } from './support/fixed-output.js';
import { zeroPointsAndClamp } from './support/requantize.js';
import { forEachRow, rowsShape } from './support/rows.js';

/** TensorFlow Lite kernels/l2norm.cc: shorter rows are divided by this. */
const EPSILON = Math.fround(1e-6);

/** TensorFlow Lite kernels/internal/reference/l2normalization.h, `L2Normalization`: every step rounds to float32. */
const float32: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  prepare({ inputs: [input] }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    return () =>
      forEachRow(input!, (start, depth) => {
        let squares = 0;
        for (let i = start; i < start + depth; i++)
          squares = Math.fround(squares + Math.fround(x[i]! * x[i]!));
        const length = Math.max(Math.fround(Math.sqrt(squares)), EPSILON);
        for (let i = start; i < start + depth; i++) output[i] = Math.fround(x[i]! / length);
      });
  },
};

/** The output is in units of 2^−7. */
const OUTPUT_BITS = 7;

const byteFacts = ({ inputs, outputs: [output] }: Site<unknown>) =>
  ({ rescales: {}, ...zeroPointsAndClamp(inputs, output!) }) satisfies Requantization;

/** Brings (x − Z) / length to the output's units. */
type Divide = (centred: number, length: ReturnType<typeof inverseSquareRoot>) => number;

const byte = (divide: Divide): Kernel<unknown> => ({
  plan: () => ({ inPlace: true }),
  requantization: byteFacts,
  prepare(site, buffers) {
    const [input] = site.inputs;
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0]!;
    const { inputZeroPoints, outputZeroPoint, clamp: range } = byteFacts(site);
    const inputZeroPoint = inputZeroPoints[0]!;
    requireFixedOutput(site.outputs[0]!, {
      scale: 2 ** -OUTPUT_BITS,
      zeroPoint: input!.dtype === 'uint8' ? 128 : 0,
    });
    return (trace) =>
      forEachRow(input!, (start, depth) => {
        let squares = 0;
        for (let i = start; i < start + depth; i++) squares += (x[i]! - inputZeroPoint) ** 2;
        const reciprocal = inverseSquareRoot(squares | 0);
        for (let i = start; i < start + depth; i++) {
          const value = divide(x[i]! - inputZeroPoint, reciprocal) + outputZeroPoint;
          output[i] = clamp(value, range.min, range.max);
          if (trace !== undefined) trace.beforeClamp[i] = value;
        }
      });
  },
});

/** TensorFlow Lite kernels/internal/reference/integer_ops/l2normalization.h: the shift takes in the output's unit. */
const int8 = byte((centred, { multiplier, shift }) =>
  multiplyByQuantizedMultiplier(centred, multiplier, shift + OUTPUT_BITS),
);

/** TensorFlow Lite kernels/internal/reference/l2normalization.h, the uint8 kernel: the unit comes first. */
const uint8 = byte((centred, { multiplier, shift }) =>
  multiplyByQuantizedMultiplier(centred * 2 ** OUTPUT_BITS, multiplier, shift),
);

/** Rows of the last dimension divided by their Euclidean length. */
export const l2Normalization = defineOp({
  name: 'l2_normalization',
  inferShapes: ([input], _attributes: unknown) => [rowsShape(input!)],
  macs: () => 0,
  quantization: {
    output: { int8: { scale: 1 / 128, zeroPoint: 0 }, int16: { scale: 1 / 32768, zeroPoint: 0 } },
    flags: [],
  },
  kernels: { float32, int8, uint8 },
});
