import { elementCount, formatShape, inputError, type Tensor, zeroPointOf } from '../core/index.js';
import type { Conv2dAttributes } from './conv_2d.js';
import { defineOp, type Kernel } from './define.js';
import { floatActivation } from './support/activation.js';
import { biasValues, prepareRequantization, weightZeroPoints } from './support/requantize.js';
import { forEachOutput, windowGeometry } from './support/window.js';

export type DepthwiseConv2dAttributes = Conv2dAttributes;

type Image = [number, number, number, number];

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
    inputHeight,
    inputWidth,
    inputChannels,
    outputChannels,
    filterHeight,
    filterWidth,
    depthMultiplier,
  };
}

/** Binds the loop over the taps of one output element in the order (ky, kx), padding skipped. */
function accumulator(
  input: Tensor,
  weights: Tensor,
  attributes: DepthwiseConv2dAttributes,
  multiplyAccumulate: (sum: number, x: number, w: number, channel: number) => number,
) {
  const g = geometryOf(input, weights, attributes);
  const [strideHeight, strideWidth] = attributes.strides;
  const [dilationHeight, dilationWidth] = attributes.dilations;
  return (batch: number, outputY: number, outputX: number, channel: number): number => {
    const inputChannel = Math.floor(channel / g.depthMultiplier);
    let sum = 0;
    for (let ky = 0; ky < g.filterHeight; ky++) {
      const y = outputY * strideHeight - g.padTop + ky * dilationHeight;
      if (y < 0 || y >= g.inputHeight) continue;
      for (let kx = 0; kx < g.filterWidth; kx++) {
        const x = outputX * strideWidth - g.padLeft + kx * dilationWidth;
        if (x < 0 || x >= g.inputWidth) continue;
        const pixel = ((batch * g.inputHeight + y) * g.inputWidth + x) * g.inputChannels + inputChannel;
        sum = multiplyAccumulate(sum, pixel, (ky * g.filterWidth + kx) * g.outputChannels + channel, channel);
      }
    }
    return sum;
  };
}

const float32: Kernel<DepthwiseConv2dAttributes> = {
  prepare({ inputs: [input, weights], attributes }, buffers) {
    const [x, w, bias] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const activate = floatActivation(attributes.activation);
    const { outputShape } = geometryOf(input!, weights!, attributes);
    const accumulate = accumulator(input!, weights!, attributes, (sum, xi, wi) =>
      Math.fround(sum + Math.fround(x![xi]! * w![wi]!)),
    );
    return () =>
      forEachOutput(outputShape, (index, batch, y, x, channel) => {
        const sum = accumulate(batch, y, x, channel);
        output[index] = activate(bias === undefined ? sum : Math.fround(sum + bias[channel]!));
      });
  },
};

/** TensorFlow Lite kernels/internal/reference/integer_ops/depthwise_conv.h, `DepthwiseConvPerChannel`. */
const integer: Kernel<DepthwiseConv2dAttributes> = {
  prepare(site, buffers) {
    const [input, weights] = site.inputs as [Tensor, Tensor];
    const [x, w] = buffers.inputs as Int8Array[];
    const { outputShape, outputChannels } = geometryOf(input, weights, site.attributes);
    const bias = biasValues(buffers.inputs[2], outputChannels);
    const inputZeroPoint = zeroPointOf(input.quantization, input.name);
    const zeroPoints = weightZeroPoints(site, outputChannels);
    const store = prepareRequantization(site, buffers.outputs[0]!, outputChannels);
    const accumulate = accumulator(
      input,
      weights,
      site.attributes,
      (sum, xi, wi, channel) => sum + (x![xi]! - inputZeroPoint) * (w![wi]! - zeroPoints[channel]!),
    );
    return (trace) =>
      forEachOutput(outputShape, (index, batch, y, x, channel) =>
        store(index, channel, accumulate(batch, y, x, channel) + bias[channel]!, trace),
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
