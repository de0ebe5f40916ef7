import { elementCount, formatShape, inputError } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';

export interface BatchNormAttributes {
  readonly epsilon: number;
}

/** γ/√(variance + ε) of every channel, each step rounded to float32. */
export function batchNormScales(
  gamma: Float32Array,
  variance: Float32Array,
  { epsilon }: BatchNormAttributes,
): Float32Array {
  return gamma.map((factor, channel) => {
    const deviation = Math.fround(Math.sqrt(Math.fround(variance[channel]! + Math.fround(epsilon))));
    return Math.fround(factor / deviation);
  });
}

const float32: Kernel<BatchNormAttributes> = {
  plan: () => ({ inPlace: true }),
  prepare({ attributes }, buffers) {
    const [x, gamma, beta, mean, variance] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const channels = gamma!.length;
    const scales = batchNormScales(gamma!, variance!, attributes);
    return () => {
      for (let i = 0; i < x!.length; i++) {
        const channel = i % channels;
        const scaled = Math.fround(Math.fround(x![i]! - mean![channel]!) * scales[channel]!);
        output[i] = Math.fround(scaled + beta![channel]!);
      }
    };
  },
};

/**
 * Batch normalization with the statistics of training: (x − mean)·γ/√(variance + ε) + β over the last dimension.
 * Inputs: x, γ, β, mean, variance. It has no integer kernel: `quant` folds it into the layer before.
 */
export const batchNorm = defineOp({
  name: 'batch_norm',
  inferShapes([input, ...parameters], _attributes: BatchNormAttributes) {
    const channels = input!.shape.at(-1);
    for (const { name, shape } of parameters)
      if (elementCount(shape) !== channels)
        throw inputError(
          `has ${elementCount(shape)} values in ${name} for an input of shape ${formatShape(input!.shape)}`,
        );
    return [[...input!.shape]];
  },
  macs: () => 0,
  kernels: { float32 },
});
