import { elementCount, formatShape, inputError, type Tensor } from '../core/index.js';
import { type Activation, defineOp } from './define.js';
import { checkBias, convolutionKernels, type Integers, type StoreSum } from './support/convolution.js';
import { type Pair, type WindowAttributes, windowGeometry } from './support/window.js';

export interface TransposeConvAttributes extends WindowAttributes {
  /** [height, width] of the output: several sizes lead to the same input. */
  readonly outputSize: Pair;
  readonly activation: Activation;
}

type Image = [batches: number, height: number, width: number, channels: number];

/** Sizes of a transposed convolution; padding is that of the convolution that leads from its output back to its input. */
export function transposeConvGeometry(input: Tensor, weights: Tensor, attributes: TransposeConvAttributes) {
  const [batches, inputHeight, inputWidth, inputChannels] = input.shape as Image;
  const [outputChannels, filterHeight, filterWidth] = weights.shape as Image;
  const [outputHeight, outputWidth] = attributes.outputSize;
  const outputShape: Image = [batches, outputHeight, outputWidth, outputChannels];
  const back = windowGeometry(outputShape, [filterHeight, filterWidth], attributes);
  if (back.outputHeight !== inputHeight || back.outputWidth !== inputWidth)
    throw inputError(
      `cannot make an output of ${attributes.outputSize.join('×')} from an input of shape ${formatShape(input.shape)}`,
    );
  return {
    outputShape,
    batches,
    inputHeight,
    inputWidth,
    inputChannels,
    outputHeight,
    outputWidth,
    outputChannels,
    filterHeight,
    filterWidth,
    padTop: back.padTop,
    padBottom: back.padBottom,
    padLeft: back.padLeft,
    padRight: back.padRight,
    strideHeight: attributes.strides[0],
    strideWidth: attributes.strides[1],
  };
}

type Geometry = ReturnType<typeof transposeConvGeometry>;

/** The first and the last of `inputSize` inputs that reach the output at `position`, counted from the padding's begin. */
function reach(position: number, filterSize: number, stride: number, inputSize: number) {
  return {
    first: Math.max(0, Math.ceil((position - filterSize + 1) / stride)),
    last: Math.min(inputSize - 1, Math.floor(position / stride)),
  };
}

/** Σ x·w over the inputs that reach each output element in the order (y, x, channel), every step rounded to float32. */
function accumulateFloat32(x: Float32Array, w: Float32Array, geometry: Geometry, store: StoreSum): void {
  const { batches, outputHeight, outputWidth, outputChannels, padTop, padLeft } = geometry;
  const { inputHeight, inputWidth, inputChannels, filterHeight, filterWidth } = geometry;
  const { strideHeight, strideWidth } = geometry;
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++) {
      const rows = reach(outputY + padTop, filterHeight, strideHeight, inputHeight);
      for (let outputX = 0; outputX < outputWidth; outputX++) {
        const columns = reach(outputX + padLeft, filterWidth, strideWidth, inputWidth);
        for (let channel = 0; channel < outputChannels; channel++) {
          let sum = 0;
          for (let inputY = rows.first; inputY <= rows.last; inputY++) {
            const ky = outputY + padTop - inputY * strideHeight;
            for (let inputX = columns.first; inputX <= columns.last; inputX++) {
              const kx = outputX + padLeft - inputX * strideWidth;
              const pixel = ((batch * inputHeight + inputY) * inputWidth + inputX) * inputChannels;
              const tap = ((channel * filterHeight + ky) * filterWidth + kx) * inputChannels;
              for (let ic = 0; ic < inputChannels; ic++)
                sum = Math.fround(sum + Math.fround(x[pixel + ic]! * w[tap + ic]!));
            }
          }
          store(index++, channel, sum);
        }
      }
    }
}

/**
 * Σ (x − Z_x)·(w − Z_w) over the same inputs, exact.
 * TensorFlow Lite kernels/internal/reference/integer_ops/transpose_conv.h, `TransposeConv`, and its 16x8 overload.
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
  const { inputHeight, inputWidth, inputChannels, filterHeight, filterWidth } = geometry;
  const { strideHeight, strideWidth } = geometry;
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let outputY = 0; outputY < outputHeight; outputY++) {
      const rows = reach(outputY + padTop, filterHeight, strideHeight, inputHeight);
      for (let outputX = 0; outputX < outputWidth; outputX++) {
        const columns = reach(outputX + padLeft, filterWidth, strideWidth, inputWidth);
        for (let channel = 0; channel < outputChannels; channel++) {
          const weightZeroPoint = weightZeroPoints[channel]!;
          let sum = 0;
          for (let inputY = rows.first; inputY <= rows.last; inputY++) {
            const ky = outputY + padTop - inputY * strideHeight;
            for (let inputX = columns.first; inputX <= columns.last; inputX++) {
              const kx = outputX + padLeft - inputX * strideWidth;
              const pixel = ((batch * inputHeight + inputY) * inputWidth + inputX) * inputChannels;
              const tap = ((channel * filterHeight + ky) * filterWidth + kx) * inputChannels;
              for (let ic = 0; ic < inputChannels; ic++)
                sum += (x[pixel + ic]! - inputZeroPoint) * (w[tap + ic]! - weightZeroPoint);
            }
          }
          store(index++, channel, sum);
        }
      }
    }
}

/**
 * Transposed convolution: every input pixel adds itself times the weights to a window of the output.
 * Inputs: NHWC image, weights OHWI, optional bias [O].
 */
export const transposeConv = defineOp({
  name: 'transpose_conv',
  inferShapes([input, weights, bias], attributes: TransposeConvAttributes) {
    const [shape, filter] = [input!.shape, weights!.shape];
    if (filter.length !== 4) throw inputError(`needs OHWI weights, got shape ${formatShape(filter)}`);
    if (shape.length !== 4) throw inputError(`needs an NHWC image, got shape ${formatShape(shape)}`);
    if (filter[3] !== shape[3])
      throw inputError(`cannot apply weights ${formatShape(filter)} to input ${formatShape(shape)}`);
    checkBias(bias, filter[0]!);
    return [transposeConvGeometry(input!, weights!, attributes).outputShape];
  },
  layouts: { inputs: ['NHWC', 'OHWI', 'O'], outputs: ['NHWC'] },
  geometry: ([input, weights], attributes) => transposeConvGeometry(input!, weights!, attributes),
  macs: ([input, weights]) =>
    elementCount(input!.shape) * (elementCount(weights!.shape) / weights!.shape[3]!),
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
  kernels: convolutionKernels({ geometryOf: transposeConvGeometry, accumulateFloat32, accumulateIntegers }),
});
