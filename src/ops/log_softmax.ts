import { clamp, exp, log, logOfAtLeastOne, roundingDivideByPot } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import {
  DIFFERENCE_INTEGER_BITS,
  differenceFacts,
  exponentialOf,
  SUM_INTEGER_BITS,
} from './support/exponentials.js';
import { requireFixedOutput } from './support/fixed-output.js';
import { applyRescale, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';
import { forEachRow, largest, rowsShape } from './support/rows.js';

/** TensorFlow Lite kernels/internal/reference/log_softmax.h, `LogSoftmax`: every step rounds to float32. */
const float32: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  prepare({ inputs: [input] }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    return () =>
      forEachRow(input!, (start, depth) => {
        const max = largest(x, start, depth);
        let sum = 0;
        for (let i = start; i < start + depth; i++)
          sum = Math.fround(sum + Math.fround(exp(Math.fround(x[i]! - max))));
        const logOfSum = Math.fround(log(sum));
        for (let i = start; i < start + depth; i++)
          output[i] = Math.fround(Math.fround(x[i]! - max) - logOfSum);
      });
  },
};

/** The output reaches from −16 to 0. */
const OUTPUT_INTEGER_BITS = 4;

/** `step` takes a Q5.26 back to steps of the input (kernels/internal/quantization_util.cc, `PreprocessLogSoftmaxScalingExp`). */
function byteFacts({ inputs: [input], outputs: [output] }: Site<unknown>) {
  const { rescales, constants } = differenceFacts(tensorScale(input!));
  const { multiplier, shift } = rescales.difference;
  return {
    rescales: { ...rescales, step: rescaleBy(2 ** (31 - shift) / multiplier) },
    constants,
    ...zeroPointsAndClamp([], output!),
  } satisfies Requantization;
}

/**
 * TensorFlow Lite kernels/internal/reference/integer_ops/log_softmax.h, and the uint8 kernel of reference/log_softmax.h:
 * differences from the row's maximum in Q5.26, exponentials in Q0.31, their sum in Q12.19, its logarithm in Q5.26.
 */
const byte: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  requantization: byteFacts,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0]!;
    const facts = byteFacts(site);
    const { difference, step } = facts.rescales;
    const { min, max } = facts.clamp;
    requireFixedOutput(site.outputs[0]!, { scale: 2 ** (OUTPUT_INTEGER_BITS - 8), zeroPoint: max });
    const exponential = exponentialOf(facts);
    return () =>
      forEachRow(site.inputs[0]!, (start, depth) => {
        const rowMax = largest(x, start, depth);
        let sum = 0;
        for (let i = start; i < start + depth; i++)
          sum += roundingDivideByPot(exponential(x[i]! - rowMax), SUM_INTEGER_BITS);
        const logOfSum = logOfAtLeastOne(sum);
        const smallest = Math.max(
          facts.constants.smallestDifference - 1,
          applyRescale(logOfSum - 2 ** 31, step),
        );
        for (let i = start; i < start + depth; i++) {
          const steps = x[i]! - rowMax;
          const scaled = (applyRescale(steps, difference) - logOfSum) | 0;
          const value = roundingDivideByPot(scaled, 31 - DIFFERENCE_INTEGER_BITS - OUTPUT_INTEGER_BITS) + max;
          output[i] = steps > smallest ? clamp(value, min, max) : min;
        }
      });
  },
};

/** The logarithm of softmax over the last dimension: x − max − ln Σ e^(x − max). */
export const logSoftmax = defineOp({
  name: 'log_softmax',
  isActivation: true,
  inferShapes: ([input], _attributes: unknown) => [rowsShape(input!)],
  macs: () => 0,
  quantization: {
    output: { int8: { scale: 16 / 256, zeroPoint: 127 }, int16: { scale: 16 / 32768, zeroPoint: 0 } },
    flags: [],
  },
  kernels: { float32, int8: byte, uint8: byte },
});
