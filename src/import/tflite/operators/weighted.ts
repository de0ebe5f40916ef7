import { elementCount, type Numerics, type Tensor, TFLITE_NUMERICS } from '../../../core/index.js';
import {
  activationOf,
  type Decode,
  type OperatorContext,
  paddingOf,
  pairOf,
  type Step,
} from '../operator.js';

/** Weights and bias, checked against the type of the activations. */
function weightsOf(operator: OperatorContext, axis: number): readonly Tensor[] {
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
  if (!operator.has(2)) return [weights];
  const bias = operator.constant(2);
  const biasType = isFloat ? 'float32' : output.dtype === 'int16' ? 'int64' : 'int32';
  if (bias.dtype !== biasType) return fail(`has a bias of type ${bias.dtype}; ${biasType} is supported`);
  return [weights, bias];
}

/** 16-bit activations accumulate in 64 bits. */
const numericsOf = ({ dtype }: Tensor): { readonly numerics?: Numerics } =>
  dtype === 'int16' ? { numerics: { ...TFLITE_NUMERICS, accumulatorBits: 64 } } : {};

const convolution =
  (
    op: 'conv_2d' | 'depthwise_conv_2d',
    axis: number,
    attributesOf: (operator: OperatorContext) => object,
  ): Decode =>
  (operator) => {
    const input = operator.sameType(0);
    const others = weightsOf(operator, axis);
    return [{ op, attributes: attributesOf(operator), others, ...numericsOf(input) }];
  };

const convolve = convolution('conv_2d', 0, (operator) => {
  const options = operator.options('Conv2DOptions');
  return {
    padding: paddingOf(operator, options.int8(0)),
    strides: pairOf(operator, 'strides', options.int32(2), options.int32(1)),
    activation: activationOf(operator, options.int8(3)),
    dilations: pairOf(operator, 'dilations', options.int32(5, 1), options.int32(4, 1)),
  };
});

const convolveDepthwise = convolution('depthwise_conv_2d', 3, (operator) => {
  const options = operator.options('DepthwiseConv2DOptions');
  return {
    padding: paddingOf(operator, options.int8(0)),
    strides: pairOf(operator, 'strides', options.int32(2), options.int32(1)),
    activation: activationOf(operator, options.int8(4)),
    dilations: pairOf(operator, 'dilations', options.int32(6, 1), options.int32(5, 1)),
  };
});

/** Unless it keeps the dimensions, it takes its input as rows of the weights' depth. */
const connectFully: Decode = (operator) => {
  const options = operator.options('FullyConnectedOptions');
  if (options.int8(1) !== 0) return operator.fail('has shuffled weights, which are not supported');
  const input = operator.sameType(0);
  const others = weightsOf(operator, 0);
  const depth = others[0]!.shape[1];
  const step: Step = {
    op: 'fully_connected',
    attributes: { activation: activationOf(operator, options.int8(0)) },
    others,
    ...numericsOf(input),
  };
  if (options.bool(2) || (input.shape.length === 2 && input.shape[1] === depth)) return [step];
  const rows = elementCount(input.shape) / depth!;
  if (!Number.isInteger(rows))
    return operator.fail('has an input that is not rows of the depth of its weights');
  return [{ op: 'reshape', attributes: { shape: [rows, depth] }, stage: 'rows' }, step];
};

/** Operators that multiply by weights. */
export const WEIGHTED_OPERATORS = {
  CONV_2D: convolve,
  DEPTHWISE_CONV_2D: convolveDepthwise,
  FULLY_CONNECTED: connectFully,
} satisfies Readonly<Record<string, Decode>>;
