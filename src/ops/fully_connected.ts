import { elementCount, formatShape, inputError, type Tensor } from '../core/index.js';
import { type Activation, defineOp, type Kernel, type Site } from './define.js';
import { floatActivation } from './support/activation.js';
import { checkBias } from './support/convolution.js';
import { biasValues, requantizeInto, weightedRequantization } from './support/requantize.js';

export interface FullyConnectedAttributes {
  readonly activation: Activation;
}

/** Sizes of a fully connected layer. */
function geometryOf(input: Tensor, weights: Tensor) {
  const [outputChannels, depth] = weights.shape as [number, number];
  return { rows: elementCount(input.shape) / depth, depth, outputChannels };
}

/** Calls `visit` for each output element with the position of its input row and weight row. */
function forEachOutput(
  input: Tensor,
  weights: Tensor,
  visit: (index: number, channel: number, row: number, weightRow: number, depth: number) => void,
): void {
  const { rows, depth, outputChannels } = geometryOf(input, weights);
  for (let row = 0; row < rows; row++)
    for (let channel = 0; channel < outputChannels; channel++)
      visit(row * outputChannels + channel, channel, row * depth, channel * depth, depth);
}

const float32: Kernel<FullyConnectedAttributes> = {
  prepare({ inputs: [input, weights], attributes }, buffers) {
    const [x, w, bias] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const activate = floatActivation(attributes.activation);
    return () =>
      forEachOutput(input!, weights!, (index, channel, row, weightRow, depth) => {
        let sum = 0;
        for (let i = 0; i < depth; i++)
          sum = Math.fround(sum + Math.fround(x![row + i]! * w![weightRow + i]!));
        output[index] = activate(bias === undefined ? sum : Math.fround(sum + bias[channel]!));
      });
  },
};

/**
 * Quantized per tensor, TensorFlow Lite takes the product of the scales in float32 (`GetQuantizedConvolutionMultipler`).
 * Since 2.20 its reference kernel rescales in float64, from scales that are multiplied in float64.
 */
function requantization(site: Site<FullyConnectedAttributes>) {
  const { denseRescaling, rounding } = site.numerics;
  if (denseRescaling !== undefined && rounding === 'nearest')
    return { ...weightedRequantization(site, false), rescaling: denseRescaling };
  return weightedRequantization(site, site.inputs[1]!.quantization!.axis === null);
}

/** TensorFlow Lite kernels/internal/reference/integer_ops/fully_connected.h, `FullyConnected` and `FullyConnectedPerChannel`. */
const integer: Kernel<FullyConnectedAttributes> = {
  requantization,
  prepare(site, buffers) {
    const [input, weights] = site.inputs as [Tensor, Tensor];
    const [x, w] = buffers.inputs as Int8Array[];
    const facts = requantization(site);
    const bias = biasValues(buffers.inputs[2], weights.shape[0]!);
    const inputZeroPoint = facts.inputZeroPoints[0]!;
    const store = requantizeInto(buffers.outputs[0]!, facts, site.numerics);
    return (trace) =>
      forEachOutput(input, weights, (index, channel, row, weightRow, depth) => {
        const weightZeroPoint = facts.weightZeroPoints[channel]!;
        let sum = bias[channel]!;
        for (let i = 0; i < depth; i++)
          sum += (x![row + i]! - inputZeroPoint) * (w![weightRow + i]! - weightZeroPoint);
        store(index, channel, sum, trace);
      });
  },
};

/**
 * Fully connected layer over the last dimension: y = x·Wᵀ + b (thesis 2.2).
 * Inputs: [..., I], weights [O, I], optional bias [O]; output [..., O].
 */
export const fullyConnected = defineOp({
  name: 'fully_connected',
  inferShapes([input, weights, bias], _attributes: FullyConnectedAttributes) {
    const [outputs, depth] = weights!.shape;
    if (weights!.shape.length !== 2 || input!.shape.at(-1) !== depth)
      throw inputError(
        `cannot apply weights ${formatShape(weights!.shape)} to input ${formatShape(input!.shape)}`,
      );
    checkBias(bias, outputs!);
    return [[...input!.shape.slice(0, -1), outputs!]];
  },
  layouts: { inputs: ['…I', 'OI', 'O'], outputs: ['…O'] },
  geometry: ([input, weights]) => geometryOf(input!, weights!),
  macs: ([, weights], [output]) => elementCount(output!.shape) * weights!.shape[1]!,
  quantization: {
    output: 'calibrated',
    weights: { axis: 0, perChannel: false },
    flags: [
      'rounding_div',
      'symmetric_weights',
      'per_channel_quantization',
      'merge_batch_norm',
      'merge_relu',
    ],
  },
  kernels: { float32, int8: integer, uint8: integer, int16: integer },
});
