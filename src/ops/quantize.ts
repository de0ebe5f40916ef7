import {
  bytesPerElement,
  clamp,
  integerRange,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAwayFromZero,
  scaleOf,
  type Tensor,
  zeroPointOf,
} from '../core/index.js';
import { defineOp, type Kernel } from './define.js';

/** Scale, zero point and range of the output. */
function outputParameters({ name, quantization }: Tensor) {
  return {
    scale: scaleOf(quantization, name),
    zeroPoint: zeroPointOf(quantization, name),
    ...integerRange(quantization!.bits, quantization!.signed),
  };
}

/** TensorFlow Lite kernels/internal/reference/quantize.h, `AffineQuantize`: divides in float32, rounds halves away from zero. */
const float32: Kernel<unknown> = {
  prepare({ outputs }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0]!;
    const { scale, zeroPoint, min, max } = outputParameters(outputs[0]!);
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const value = roundHalfAwayFromZero(Math.fround(x[i]! / scale)) + zeroPoint;
        output[i] = clamp(value, min, max);
        if (trace !== undefined) trace.beforeClamp[i] = value;
      }
    };
  },
};

/** TensorFlow Lite kernels/internal/reference/requantize.h. */
const integer: Kernel<unknown> = {
  plan: ({ inputs, outputs }) => ({
    inPlace: bytesPerElement(inputs[0]!.dtype) === bytesPerElement(outputs[0]!.dtype),
  }),
  prepare({ inputs: [input], outputs, numerics: { rounding } }, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0]!;
    const inputZeroPoint = zeroPointOf(input!.quantization, input!.name);
    const { scale, zeroPoint, min, max } = outputParameters(outputs[0]!);
    const { multiplier, shift } = quantizeMultiplier(scaleOf(input!.quantization, input!.name) / scale);
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const centred = x[i]! - inputZeroPoint;
        const value = multiplyByQuantizedMultiplier(centred, multiplier, shift, rounding) + zeroPoint;
        output[i] = clamp(value, min, max);
        if (trace !== undefined) {
          trace.accumulators[i] = centred;
          trace.beforeClamp[i] = value;
        }
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
