import { inputError, roundHalfAwayFromZero } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { applyRescale, clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

/** Keras's ReLU, and the clamps of TensorFlow Lite. */
export interface ReluAttributes {
  /** What is added to what lies below the threshold: the lower bound when there is no slope; 0 when absent. */
  readonly min?: number;
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
    const min = Math.fround(attributes.min ?? 0);
    const below = (value: number): number =>
      slope === 0 ? min : Math.fround(min + Math.fround(slope * Math.fround(value - threshold)));
    return () => {
      for (let i = 0; i < x.length; i++) {
        const value = x[i]!;
        output[i] = value >= max ? max : value < threshold ? below(value) : value;
      }
    };
  },
};

/** Factors and bounds are taken in float32. Without a slope what lies below the threshold ends at the clamp. */
function requantization({ inputs, outputs, attributes }: Site<ReluAttributes>) {
  const { min: lowerBound = 0, max: upperBound, negativeSlope, threshold } = attributes;
  if (threshold !== (negativeSlope === 0 ? lowerBound : 0) || (negativeSlope !== 0 && lowerBound !== 0))
    throw inputError(`a ReLU with threshold ${threshold} has no integer kernel: leave the layer in float`);
  const [inputScale, outputScale] = [tensorScale(inputs[0]!), tensorScale(outputs[0]!)];
  const { clamp: range, ...zeroPoints } = zeroPointsAndClamp(inputs, outputs[0]!);
  const quantize = (bound: number): number =>
    zeroPoints.outputZeroPoint + roundHalfAwayFromZero(Math.fround(bound / outputScale));
  const slopedScale = Math.fround(inputScale * Math.fround(negativeSlope));
  const positive = rescaleBy(Math.fround(inputScale / outputScale));
  return {
    accumulator: 'int32',
    rescales: {
      positive,
      negative: negativeSlope === 0 ? positive : rescaleBy(Math.fround(slopedScale / outputScale)),
    },
    ...zeroPoints,
    clamp: {
      min: negativeSlope === 0 ? Math.max(range.min, quantize(lowerBound)) : range.min,
      max: Math.min(range.max, quantize(upperBound ?? Infinity)),
    },
  } satisfies Requantization;
}

/**
 * TensorFlow Lite's RELU, RELU6, RELU_N1_TO_1 and RELU_0_TO_1 (kernels/activations.cc, `QuantizedReluX`) and LEAKY_RELU
 * (kernels/internal/reference/leaky_relu.h, `QuantizeLeakyRelu`). Another `max` is a clamp like RELU6's.
 */
const integer: Kernel<ReluAttributes> = {
  plan: () => ({ inPlace: true }),
  requantization,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const facts = requantization(site);
    const { positive, negative } = facts.rescales;
    const inputZeroPoint = facts.inputZeroPoints[0]!;
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const centred = x[i]! - inputZeroPoint;
        const value = applyRescale(centred, centred >= 0 ? positive : negative, rounding);
        store(i, centred, value + facts.outputZeroPoint, trace);
      }
    };
  },
};

/** f(x) = max if x ≥ max; x if x ≥ threshold; min + negativeSlope·(x − threshold) below. */
export const relu = defineOp({
  name: 'relu',
  isActivation: true,
  inferShapes: ([input], _attributes: ReluAttributes) => [[...input!.shape]],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div'] },
  kernels: { float32, int8: integer, uint8: integer, int16: integer },
});
