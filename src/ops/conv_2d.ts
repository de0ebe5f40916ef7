import { elementCount, formatShape, inputError, type Tensor, zeroPointOf } from '../core/index.js';
import { type Activation, defineOp, type Kernel } from './define.js';
import { floatActivation } from './support/activation.js';
import { biasValues, prepareRequantization, weightZeroPoints } from './support/requantize.js';
import { type Pair, type WindowAttributes, windowGeometry } from './support/window.js';

export interface Conv2dAttributes extends WindowAttributes {
  readonly dilations: Pair;
  readonly activation: Activation;
}

type Image = [number, number, number, number];
type Integers = Int8Array | Int16Array;

/** Sizes of a convolution. Weights are OHWI; fewer weight channels than input channels make groups. */
function geometryOf(input: Tensor, weights: Tensor, attributes: Conv2dAttributes) {
  const [outputChannels, filterHeight, filterWidth, filterChannels] = weights.shape as Image;
  const [batches, inputHeight, inputWidth, inputChannels] = input.shape as Image;
  const window = windowGeometry(input.shape, [filterHeight, filterWidth], attributes, attributes.dilations);
  const outputShape: Image = [batches, window.outputHeight, window.outputWidth, outputChannels];
  const channelsPerGroup = outputChannels / (inputChannels / filterChannels);
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
    filterChannels,
    channelsPerGroup,
    strideHeight: attributes.strides[0],
    strideWidth: attributes.strides[1],
    dilationHeight: attributes.dilations[0],
    dilationWidth: attributes.dilations[1],
  };
}

type Geometry = ReturnType<typeof geometryOf>;

/** Receives the sum of one output element, elements in memory order. */
type Store = (index: number, channel: number, sum: number) => void;

/** Σ x·w over the taps of each output element in the order (ky, kx, ic), padding skipped, every step rounded to float32. */
function accumulateFloat32(x: Float32Array, w: Float32Array, geometry: Geometry, store: Store): void {
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

const float32: Kernel<Conv2dAttributes> = {
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

/** TensorFlow Lite kernels/internal/reference/integer_ops/conv.h, `ConvPerChannel`, and its 16x8 overload. */
const integer: Kernel<Conv2dAttributes> = {
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
    if (bias !== undefined && elementCount(bias.shape) !== outputChannels)
      throw inputError(`has ${elementCount(bias.shape)} biases for ${outputChannels} channels`);
    return [outputShape];
  },
  macs: ([, weights], [output]) =>
    elementCount(output!.shape) * (elementCount(weights!.shape) / weights!.shape[0]!),
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
  kernels: { float32, int8: integer, int16: integer },
});
