import { elementCount, formatShape, inputError, type Tensor, zeroPointOf } from '../core/index.js';
import { type Activation, defineOp, type Kernel } from './define.js';
import { floatActivation } from './support/activation.js';
import { biasValues, prepareRequantization, weightZeroPoints } from './support/requantize.js';
import { forEachOutput, type Pair, type WindowAttributes, windowGeometry } from './support/window.js';

export interface Conv2dAttributes extends WindowAttributes {
  readonly dilations: Pair;
  readonly activation: Activation;
}

type Image = [number, number, number, number];

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
    inputHeight,
    inputWidth,
    inputChannels,
    outputChannels,
    filterHeight,
    filterWidth,
    filterChannels,
    channelsPerGroup,
  };
}

/**
 * Binds the loop that visits every tap of one output element in the order (ky, kx, ic), padding skipped: the same for
 * floats and integers up to the multiply-accumulate over the input channels of one tap.
 */
function accumulator(
  input: Tensor,
  weights: Tensor,
  attributes: Conv2dAttributes,
  multiplyAccumulate: (sum: number, x: number, w: number, count: number, channel: number) => number,
) {
  const g = geometryOf(input, weights, attributes);
  const [strideHeight, strideWidth] = attributes.strides;
  const [dilationHeight, dilationWidth] = attributes.dilations;
  return (batch: number, outputY: number, outputX: number, channel: number): number => {
    const firstChannel = Math.floor(channel / g.channelsPerGroup) * g.filterChannels;
    let sum = 0;
    for (let ky = 0; ky < g.filterHeight; ky++) {
      const y = outputY * strideHeight - g.padTop + ky * dilationHeight;
      if (y < 0 || y >= g.inputHeight) continue;
      for (let kx = 0; kx < g.filterWidth; kx++) {
        const x = outputX * strideWidth - g.padLeft + kx * dilationWidth;
        if (x < 0 || x >= g.inputWidth) continue;
        const pixel = ((batch * g.inputHeight + y) * g.inputWidth + x) * g.inputChannels + firstChannel;
        const tap = ((channel * g.filterHeight + ky) * g.filterWidth + kx) * g.filterChannels;
        sum = multiplyAccumulate(sum, pixel, tap, g.filterChannels, channel);
      }
    }
    return sum;
  };
}

const float32: Kernel<Conv2dAttributes> = {
  prepare({ inputs: [input, weights], attributes }, buffers) {
    const [x, w, bias] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const activate = floatActivation(attributes.activation);
    const { outputShape } = geometryOf(input!, weights!, attributes);
    const accumulate = accumulator(input!, weights!, attributes, (start, xi, wi, count) => {
      let sum = start;
      for (let ic = 0; ic < count; ic++) sum = Math.fround(sum + Math.fround(x![xi + ic]! * w![wi + ic]!));
      return sum;
    });
    return () =>
      forEachOutput(outputShape, (index, batch, y, x, channel) => {
        const sum = accumulate(batch, y, x, channel);
        output[index] = activate(bias === undefined ? sum : Math.fround(sum + bias[channel]!));
      });
  },
};

/** TensorFlow Lite kernels/internal/reference/integer_ops/conv.h, `ConvPerChannel`, and its 16x8 overload. */
const integer: Kernel<Conv2dAttributes> = {
  prepare(site, buffers) {
    const [input, weights] = site.inputs as [Tensor, Tensor];
    const [x, w] = buffers.inputs as Int8Array[];
    const { outputShape, outputChannels } = geometryOf(input, weights, site.attributes);
    const bias = biasValues(buffers.inputs[2], outputChannels);
    const inputZeroPoint = zeroPointOf(input.quantization, input.name);
    const zeroPoints = weightZeroPoints(site, outputChannels);
    const store = prepareRequantization(site, buffers.outputs[0]!, outputChannels);
    const accumulate = accumulator(input, weights, site.attributes, (start, xi, wi, count, channel) => {
      const weightZeroPoint = zeroPoints[channel]!;
      let sum = start;
      for (let ic = 0; ic < count; ic++)
        sum += (x![xi + ic]! - inputZeroPoint) * (w![wi + ic]! - weightZeroPoint);
      return sum;
    });
    return (trace) =>
      forEachOutput(outputShape, (index, batch, y, x, channel) =>
        store(index, channel, accumulate(batch, y, x, channel) + bias[channel]!, trace),
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
