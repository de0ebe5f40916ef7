import { elementCount, type Tensor, TFLITE_NUMERICS } from '../../../core/index.js';
import {
  activationOf,
  type Decode,
  type OperatorContext,
  paddingOf,
  pairOf,
  type Target,
} from '../operator.js';

/** Weights and bias, input `bias`, checked against the type of the activations. */
function weightsOf(operator: OperatorContext, axis: number, biasInput = 2): readonly Tensor[] {
  const { fail, output } = operator;
  const weights = operator.constant(1);
  const isFloat = output.dtype === 'float32';
  if (weights.dtype !== (isFloat ? 'float32' : 'int8'))
    return fail(
      isFloat
        ? `computes in float32 with ${weights.dtype} weights (hybrid); quantize activations too, or neither`
        : `has ${weights.dtype} weights for ${output.dtype} activations; int8 is supported`,
    );
  if (!isFloat && weights.quantization === undefined) return fail('has weights without scales');
  const weightAxis = weights.quantization?.axis ?? null;
  if (weightAxis !== null && weightAxis !== axis)
    return fail(`has weights with scales along dimension ${weightAxis}; dimension ${axis} is supported`);
  if (!operator.has(biasInput)) return [weights];
  const bias = operator.constant(biasInput);
  const biasType = isFloat ? 'float32' : output.dtype === 'int16' ? 'int64' : 'int32';
  if (bias.dtype !== biasType) return fail(`has a bias of type ${bias.dtype}; ${biasType} is supported`);
  return [weights, bias];
}

/** 16-bit activations accumulate in 64 bits. */
const numericsOf = ({ dtype }: Tensor): Target =>
  dtype === 'int16' ? { numerics: { ...TFLITE_NUMERICS, accumulatorBits: 64 } } : {};

const convolution =
  (
    op: 'conv_2d' | 'depthwise_conv_2d',
    kind: 'Conv2DOptions' | 'DepthwiseConv2DOptions',
    axis: number,
  ): Decode =>
  (operator) => {
    const input = operator.sameType(0);
    const inputs = [input, ...weightsOf(operator, axis)];
    const options = operator.options(kind);
    const attributes = {
      padding: paddingOf(operator, options.padding),
      strides: pairOf(operator, 'strides', options.strideH, options.strideW),
      activation: activationOf(operator, options.fusedActivation),
      dilations: pairOf(operator, 'dilations', options.dilationH, options.dilationW),
    };
    operator.emit(op, attributes, inputs, numericsOf(input));
  };

/** It reads its output's shape, the weights, the image and the bias. */
const convolveTransposed: Decode = (operator) => {
  const input = operator.sameType(2);
  const inputs = [input, ...weightsOf(operator, 0, 3)];
  const options = operator.options('TransposeConvOptions');
  const { values } = operator.integers(0);
  const [batches, height, width, channels] = values;
  if (values.length !== 4 || batches !== input.shape[0] || channels !== inputs[1]!.shape[0])
    operator.fail(`gives its output the shape [${values.join(', ')}]`);
  const attributes = {
    padding: paddingOf(operator, options.padding),
    strides: pairOf(operator, 'strides', options.strideH, options.strideW),
    outputSize: pairOf(operator, 'an output', height!, width!),
    activation: activationOf(operator, options.fusedActivation),
  };
  operator.emit('transpose_conv', attributes, inputs, numericsOf(input));
};

/** Unless it keeps the dimensions, it takes its input as rows of the weights' depth. */
const connectFully: Decode = (operator) => {
  const options = operator.options('FullyConnectedOptions');
  if (options.weightsFormat !== 0) operator.fail('has shuffled weights, which are not supported');
  const input = operator.sameType(0);
  const weights = weightsOf(operator, 0);
  const depth = weights[0]!.shape[1]!;
  const isRows = input.shape.length === 2 && input.shape[1] === depth;
  const rows = options.keepNumDims || isRows ? input : asRows(operator, input, depth);
  const attributes = { activation: activationOf(operator, options.fusedActivation) };
  operator.emit('fully_connected', attributes, [rows, ...weights], numericsOf(input));
};

function asRows({ emit, fail }: OperatorContext, input: Tensor, depth: number): Tensor {
  const rows = elementCount(input.shape) / depth;
  if (!Number.isInteger(rows)) fail('has an input that is not rows of the depth of its weights');
  return emit('reshape', { shape: [rows, depth] }, [input], { stage: 'rows' });
}

/** Operators that multiply by weights. */
export const WEIGHTED_OPERATORS = {
  CONV_2D: convolution('conv_2d', 'Conv2DOptions', 0),
  DEPTHWISE_CONV_2D: convolution('depthwise_conv_2d', 'DepthwiseConv2DOptions', 3),
  FULLY_CONNECTED: connectFully,
  TRANSPOSE_CONV: convolveTransposed,
} satisfies Readonly<Record<string, Decode>>;
