import { bytesPerElement, clamp, roundHalfAwayFromZero, type Tensor } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { applyRescale, clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

/** Nothing is rescaled: reals are divided by the output's scale. */
const quantization = ({ outputs: [output] }: Site<unknown>) =>
  ({ rescales: {}, ...zeroPointsAndClamp([], output!) }) satisfies Requantization;

/** TensorFlow Lite kernels/internal/reference/quantize.h, `AffineQuantize`: divides in float32, rounds halves away from zero. */
const float32: Kernel<unknown> = {
  requantization: quantization,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0]!;
    const scale = tensorScale(site.outputs[0]!);
    const { outputZeroPoint, clamp: range } = quantization(site);
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const value = roundHalfAwayFromZero(Math.fround(x[i]! / scale)) + outputZeroPoint;
        output[i] = clamp(value, range.min, range.max);
        if (trace !== undefined) trace.beforeClamp[i] = value;
      }
    };
  },
};

function requantization({ inputs, outputs }: Site<unknown>) {
  const [input] = inputs as [Tensor];
  const [output] = outputs as [Tensor];
  return {
    accumulator: 'int32',
    rescales: { output: rescaleBy(tensorScale(input) / tensorScale(output)) },
    ...zeroPointsAndClamp(inputs, output),
  } satisfies Requantization;
}

/** TensorFlow Lite kernels/internal/reference/requantize.h. */
const integer: Kernel<unknown> = {
  plan: ({ inputs, outputs }) => ({
    inPlace: bytesPerElement(inputs[0]!.dtype) === bytesPerElement(outputs[0]!.dtype),
  }),
  requantization,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const facts = requantization(site);
    const inputZeroPoint = facts.inputZeroPoints[0]!;
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const centred = x[i]! - inputZeroPoint;
        const value = applyRescale(centred, facts.rescales.output, rounding);
        store(i, centred, value + facts.outputZeroPoint, trace);
      }
    };
  },
};

/** Brings floats, or integers of another quantization, to the output's quantization. */
export const quantize = defineOp({
  name: 'quantize',
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  kernels: { float32, int8: integer, int16: integer, uint8: integer },
});
