import {
  clamp,
  inputError,
  integerRange,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAwayFromZero,
  scaleOf,
  zeroPointOf,
} from '../core/index.js';
import { defineOp, type Kernel } from './define.js';

/** Keras's ReLU. */
export interface ReluAttributes {
  /** Upper bound, or null. */
  readonly max: number | null;
  /** Factor of what lies below the threshold. */
  readonly negativeSlope: number;
  /** Values from here up pass through. */
  readonly threshold: number;
}

const float32: Kernel<ReluAttributes> = {
  plan: () => ({ inPlace: true }),
  prepare({ attributes }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const max = Math.fround(attributes.max ?? Infinity);
    const slope = Math.fround(attributes.negativeSlope);
    const threshold = Math.fround(attributes.threshold);
    const below = (value: number): number =>
      slope === 0 ? 0 : Math.fround(slope * Math.fround(value - threshold));
    return () => {
      for (let i = 0; i < x.length; i++) {
        const value = x[i]!;
        output[i] = value >= max ? max : value < threshold ? below(value) : value;
      }
    };
  },
};

/**
 * TensorFlow Lite's RELU and RELU6 (kernels/activations.cc, `QuantizedReluX`) and LEAKY_RELU
 * (kernels/internal/reference/leaky_relu.h, `QuantizeLeakyRelu`). Factors and bounds are taken in float32. Another `max`
 * is a clamp like RELU6's.
 */
const integer: Kernel<ReluAttributes> = {
  plan: () => ({ inPlace: true }),
  prepare({ inputs: [input], outputs: [out], attributes, numerics: { rounding } }, buffers) {
    const { max: upperBound, negativeSlope, threshold } = attributes;
    if (threshold !== 0)
      throw inputError(`a ReLU with threshold ${threshold} has no integer kernel: leave the layer in float`);
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0]!;
    const inputScale = scaleOf(input!.quantization, input!.name);
    const outputScale = scaleOf(out!.quantization, out!.name);
    const inputZeroPoint = zeroPointOf(input!.quantization, input!.name);
    const zeroPoint = zeroPointOf(out!.quantization, out!.name);
    const range = integerRange(out!.quantization!.bits, out!.quantization!.signed);
    const min = negativeSlope === 0 ? Math.max(range.min, zeroPoint) : range.min;
    const max =
      upperBound === null
        ? range.max
        : Math.min(range.max, zeroPoint + roundHalfAwayFromZero(Math.fround(upperBound / outputScale)));
    const above = quantizeMultiplier(Math.fround(inputScale / outputScale));
    const slopedScale = Math.fround(inputScale * Math.fround(negativeSlope));
    const below = negativeSlope === 0 ? above : quantizeMultiplier(Math.fround(slopedScale / outputScale));
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const centred = x[i]! - inputZeroPoint;
        const { multiplier, shift } = centred >= 0 ? above : below;
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

/** f(x) = max if x ≥ max; x if x ≥ threshold; negativeSlope·(x − threshold) below. */
export const relu = defineOp({
  name: 'relu',
  isActivation: true,
  inferShapes: ([input], _attributes: ReluAttributes) => [[...input!.shape]],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div'] },
  kernels: { float32, int8: integer, int16: integer },
});
