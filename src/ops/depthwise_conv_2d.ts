import { elementCount, formatShape, inputError, type Tensor, zeroPointOf } from '../core/index.js';
import type { Conv2dAttributes } from './conv_2d.js';
import { defineOp, type Kernel } from './define.js';
import { floatActivation } from './support/activation.js';
import { biasValues, prepareRequantization, weightZeroPoints } from './support/requantize.js';
import { windowGeometry } from './support/window.js';

export type DepthwiseConv2dAttributes = Conv2dAttributes;

type Image = [number, number, number, number];
type Integers = Int8Array | Int16Array;

/** Sizes of a depthwise convolution. Weights are 1HWC; output channel c reads input channel ⌊c / multiplier⌋. */
function geometryOf(input: Tensor, weights: Tensor, attributes: DepthwiseConv2dAttributes) {
  const [, filterHeight, filterWidth, outputChannels] = weights.shape as Image;
  const [batches, inputHeight, inputWidth, inputChannels] = input.shape as Image;
  const window = windowGeometry(input.shape, [filterHeight, filterWidth], attributes, attributes.dilations);
  const outputShape: Image = [batches, window.outputHeight, window.outputWidth, outputChannels];
  const depthMultiplier = outputChannels / inputChannels;
  return {
    ...window,
    outputShape,
    batches,
    inputHeight,
    inputWidth,
    inputChannels,
    outputChannels,
    filterHeight,
    filterWidth,
    depthMultiplier,
    strideHeight: attributes.strides[0],
    strideWidth: attributes.strides[1],
    dilationHeight: attributes.dilations[0],
    dilationWidth: attributes.dilations[1],
  };
}

type Geometry = ReturnType<typeof geometryOf>;

/** Receives the sum of one output element, elements in memory order. */
type Store = (index: number, channel: number, sum: number) => void;

/** Σ x·w over the taps of each output element in the order (ky, kx), padding skipped, every step rounded to float32. */
function accumulateFloat32(x: Float32Array, w: Float32Array, geometry: Geometry, store: Store): void {
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

/** Σ (x − Z_x)·(w − Z_w) over the same taps, exact. */
function accumulateIntegers(
  x: Integers,
  w: Integers,
  inputZeroPoint: number,
  weightZeroPoints: Int32Array,
  geometry: Geometry,
  store: Store,
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

const float32: Kernel<DepthwiseConv2dAttributes> = {
  prepare({ inputs: [input, weights], attributes }, buffers) {
    const [x, w, bias] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const activate = floatActivation(attributes.activation);
    const geometry = geometryOf(input!, weights!, attributes);
    return () =>
      accumulateFloat32(x!, w!, geometry, (index, channel, sum) => {
        output[index] = activate(bias === undefined ? sum : Math.fround(sum + bias[channel]!));
      });
  },
};

/** TensorFlow Lite kernels/internal/reference/integer_ops/depthwise_conv.h, `DepthwiseConvPerChannel`. */
const integer: Kernel<DepthwiseConv2dAttributes> = {
  prepare(site, buffers) {
    const [input, weights] = site.inputs as [Tensor, Tensor];
    const [x, w] = buffers.inputs as Integers[];
    const geometry = geometryOf(input, weights, site.attributes);
    const bias = biasValues(buffers.inputs[2], geometry.outputChannels);
    const inputZeroPoint = zeroPointOf(input.quantization, input.name);
    const zeroPoints = weightZeroPoints(site, geometry.outputChannels);
    const store = prepareRequantization(site, buffers.outputs[0]!, geometry.outputChannels);
    return (trace) =>
      accumulateIntegers(x!, w!, inputZeroPoint, zeroPoints, geometry, (index, channel, sum) =>
        store(index, channel, sum + bias[channel]!, trace),
      );
  },
};

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
    if (bias !== undefined && elementCount(bias.shape) !== outputChannels)
      throw inputError(`has ${elementCount(bias.shape)} biases for ${outputChannels} channels`);
    return [outputShape];
  },
  macs: ([, weights], [output]) => elementCount(output!.shape) * weights!.shape[1]! * weights!.shape[2]!,
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
  kernels: { float32, int8: integer, int16: integer },
});
