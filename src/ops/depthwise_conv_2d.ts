import { elementCount, formatShape, inputError, type Tensor } from '../core/index.js';
import { defineOp } from './define.js';
import {
  type ConvolutionAttributes,
  checkBias,
  convolutionGeometry,
  convolutionKernels,
  type Integers,
  type StoreSum,
  withBorders,
} from './support/convolution.js';

export type DepthwiseConv2dAttributes = ConvolutionAttributes;

/** Sizes of a depthwise convolution. Weights are 1HWC; output channel c reads input channel ⌊c / multiplier⌋. */
function geometryOf(input: Tensor, weights: Tensor, attributes: DepthwiseConv2dAttributes) {
  const [, height, width, outputChannels] = weights.shape as [number, number, number, number];
  const geometry = convolutionGeometry(input, [height, width], outputChannels, attributes);
  return { ...geometry, depthMultiplier: outputChannels / geometry.inputChannels };
}

type Geometry = ReturnType<typeof geometryOf>;

/** Σ x·w over the taps of each output element in the order (ky, kx), padding skipped, every step rounded to float32. */
function accumulateFloat32(x: Float32Array, w: Float32Array, geometry: Geometry, store: StoreSum): void {
  const { batches, outputHeight, outputWidth, outputChannels, padTop, padLeft } = geometry;
  const { inputHeight, inputWidth, inputChannels, filterHeight, filterWidth, depthMultiplier } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++)
      for (let outputX = 0; outputX < outputWidth; outputX++)
        for (let channel = 0; channel < outputChannels; channel++) {
          const inputChannel = Math.floor(channel / depthMultiplier);
          let sum = 0;
          for (let ky = 0; ky < filterHeight; ky++) {
            const inputY = outputY * strideHeight - padTop + ky * dilationHeight;
            if (inputY < 0 || inputY >= inputHeight) continue;
            for (let kx = 0; kx < filterWidth; kx++) {
              const inputX = outputX * strideWidth - padLeft + kx * dilationWidth;
              if (inputX < 0 || inputX >= inputWidth) continue;
              const pixel =
                ((batch * inputHeight + inputY) * inputWidth + inputX) * inputChannels + inputChannel;
              const tap = (ky * filterWidth + kx) * outputChannels + channel;
              sum = Math.fround(sum + Math.fround(x[pixel]! * w[tap]!));
            }
          }
          store(index++, channel, sum);
        }
}

/**
 * Σ (x − Z_x)·(w − Z_w) over the same taps, exact.
 * TensorFlow Lite kernels/internal/reference/integer_ops/depthwise_conv.h, `DepthwiseConvPerChannel`.
 */
function accumulateIntegers(
  x: Integers,
  w: Integers,
  inputZeroPoint: number,
  weightZeroPoints: readonly number[],
  geometry: Geometry,
  store: StoreSum,
): void {
  const { batches, outputHeight, outputWidth, outputChannels, padTop, padLeft } = geometry;
  const { inputHeight, inputWidth, inputChannels, filterHeight, filterWidth, depthMultiplier } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++)
      for (let outputX = 0; outputX < outputWidth; outputX++)
        for (let channel = 0; channel < outputChannels; channel++) {
          const inputChannel = Math.floor(channel / depthMultiplier);
          const weightZeroPoint = weightZeroPoints[channel]!;
          let sum = 0;
          for (let ky = 0; ky < filterHeight; ky++) {
            const inputY = outputY * strideHeight - padTop + ky * dilationHeight;
            if (inputY < 0 || inputY >= inputHeight) continue;
            for (let kx = 0; kx < filterWidth; kx++) {
              const inputX = outputX * strideWidth - padLeft + kx * dilationWidth;
              if (inputX < 0 || inputX >= inputWidth) continue;
              const pixel =
                ((batch * inputHeight + inputY) * inputWidth + inputX) * inputChannels + inputChannel;
              const tap = (ky * filterWidth + kx) * outputChannels + channel;
              sum += (x[pixel]! - inputZeroPoint) * (w[tap]! - weightZeroPoint);
            }
          }
          store(index++, channel, sum);
        }
}

/**
 * Depthwise convolution: every output channel filters one input channel (thesis 2.1.1).
 * Inputs: NHWC image, weights 1HWC with C = input channels × depth multiplier, optional bias [C].
 */
export const depthwiseConv2d = defineOp({
  name: 'depthwise_conv_2d',
  inferShapes([input, weights, bias], attributes: DepthwiseConv2dAttributes) {
    if (weights!.shape.length !== 4 || weights!.shape[0] !== 1)
      throw inputError(`needs 1HWC weights, got shape ${formatShape(weights!.shape)}`);
    const { outputShape, depthMultiplier, outputChannels } = geometryOf(input!, weights!, attributes);
    if (!Number.isInteger(depthMultiplier))
      throw inputError(
        `cannot apply weights ${formatShape(weights!.shape)} to input ${formatShape(input!.shape)}`,
      );
    checkBias(bias, outputChannels);
    return [outputShape];
  },
  layouts: { inputs: ['NHWC', '1HWO', 'O'], outputs: ['NHWC'] },
  geometry: ([input, weights], attributes) => geometryOf(input!, weights!, attributes),
  macs: ([, weights], [output]) => elementCount(output!.shape) * weights!.shape[1]! * weights!.shape[2]!,
  withBorders,
  quantization: {
    output: 'calibrated',
    weights: { axis: 3, perChannel: true },
    flags: [
      'rounding_div',
      'symmetric_weights',
      'per_channel_quantization',
      'merge_batch_norm',
      'merge_relu',
    ],
  },
  kernels: convolutionKernels({ geometryOf, accumulateFloat32, accumulateIntegers }),
});
