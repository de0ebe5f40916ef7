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

export type Conv2dAttributes = ConvolutionAttributes;

/** Sizes of a convolution. Weights are OHWI; fewer weight channels than input channels make groups. */
function geometryOf(input: Tensor, weights: Tensor, attributes: Conv2dAttributes) {
  const [outputChannels, height, width, filterChannels] = weights.shape as [number, number, number, number];
  const geometry = convolutionGeometry(input, [height, width], outputChannels, attributes);
  const channelsPerGroup = outputChannels / (geometry.inputChannels / filterChannels);
  return { ...geometry, filterChannels, channelsPerGroup };
}

type Geometry = ReturnType<typeof geometryOf>;

/** Σ x·w over the taps of each output element in the order (ky, kx, ic), padding skipped, every step rounded to float32. */
function accumulateFloat32(x: Float32Array, w: Float32Array, geometry: Geometry, store: StoreSum): void {
  const { batches, outputHeight, outputWidth, outputChannels, padTop, padLeft } = geometry;
  const {
    inputHeight,
    inputWidth,
    inputChannels,
    filterHeight,
    filterWidth,
    filterChannels,
    channelsPerGroup,
  } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++)
      for (let outputX = 0; outputX < outputWidth; outputX++)
        for (let channel = 0; channel < outputChannels; channel++) {
          const firstChannel = Math.floor(channel / channelsPerGroup) * filterChannels;
          let sum = 0;
          for (let ky = 0; ky < filterHeight; ky++) {
            const inputY = outputY * strideHeight - padTop + ky * dilationHeight;
            if (inputY < 0 || inputY >= inputHeight) continue;
            for (let kx = 0; kx < filterWidth; kx++) {
              const inputX = outputX * strideWidth - padLeft + kx * dilationWidth;
              if (inputX < 0 || inputX >= inputWidth) continue;
              const pixel =
                ((batch * inputHeight + inputY) * inputWidth + inputX) * inputChannels + firstChannel;
              const tap = ((channel * filterHeight + ky) * filterWidth + kx) * filterChannels;
              for (let ic = 0; ic < filterChannels; ic++)
                sum = Math.fround(sum + Math.fround(x[pixel + ic]! * w[tap + ic]!));
            }
          }
          store(index++, channel, sum);
        }
}

/**
 * Σ (x − Z_x)·(w − Z_w) over the same taps, exact.
 * TensorFlow Lite kernels/internal/reference/integer_ops/conv.h, `ConvPerChannel`, and its 16x8 overload.
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
  const {
    inputHeight,
    inputWidth,
    inputChannels,
    filterHeight,
    filterWidth,
    filterChannels,
    channelsPerGroup,
  } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++)
      for (let outputX = 0; outputX < outputWidth; outputX++)
        for (let channel = 0; channel < outputChannels; channel++) {
          const firstChannel = Math.floor(channel / channelsPerGroup) * filterChannels;
          const weightZeroPoint = weightZeroPoints[channel]!;
          let sum = 0;
          for (let ky = 0; ky < filterHeight; ky++) {
            const inputY = outputY * strideHeight - padTop + ky * dilationHeight;
            if (inputY < 0 || inputY >= inputHeight) continue;
            for (let kx = 0; kx < filterWidth; kx++) {
              const inputX = outputX * strideWidth - padLeft + kx * dilationWidth;
              if (inputX < 0 || inputX >= inputWidth) continue;
              const pixel =
                ((batch * inputHeight + inputY) * inputWidth + inputX) * inputChannels + firstChannel;
              const tap = ((channel * filterHeight + ky) * filterWidth + kx) * filterChannels;
              for (let ic = 0; ic < filterChannels; ic++)
                sum += (x[pixel + ic]! - inputZeroPoint) * (w[tap + ic]! - weightZeroPoint);
            }
          }
          store(index++, channel, sum);
        }
}

/**
 * 2-D convolution: y[o] = Σ x·w[o] + bias[o] (thesis 2.3), with groups.
 * Inputs: NHWC image, weights OHWI, optional bias [O].
 */
export const conv2d = defineOp({
  name: 'conv_2d',
  inferShapes([input, weights, bias], attributes: Conv2dAttributes) {
    if (weights!.shape.length !== 4)
      throw inputError(`needs OHWI weights, got shape ${formatShape(weights!.shape)}`);
    const { outputShape, inputChannels, filterChannels, outputChannels } = geometryOf(
      input!,
      weights!,
      attributes,
    );
    const groups = inputChannels / filterChannels;
    if (!Number.isInteger(groups) || outputChannels % groups !== 0)
      throw inputError(
        `cannot apply weights ${formatShape(weights!.shape)} to input ${formatShape(input!.shape)}`,
      );
    checkBias(bias, outputChannels);
    return [outputShape];
  },
  layouts: { inputs: ['NHWC', 'OHWI', 'O'], outputs: ['NHWC'] },
  geometry: ([input, weights], attributes) => geometryOf(input!, weights!, attributes),
  macs: ([, weights], [output]) =>
    elementCount(output!.shape) * (elementCount(weights!.shape) / weights!.shape[0]!),
  withBorders,
  quantization: {
    output: 'calibrated',
    weights: { axis: 0, perChannel: true },
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
