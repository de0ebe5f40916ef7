import {
  DEFAULT_PROFILE,
  elementCount,
  formatShape,
  type Tensor,
  TFLITE_NUMERICS,
} from '../../../core/index.js';
import { ELEMENT_TYPES } from '../../../formats/tflite/index.js';
import {
  activationOf,
  type Decode,
  MAX_SIZE,
  type OperatorContext,
  paddingOf,
  pairOf,
  type Target,
} from '../operator.js';
import { weightsOf } from '../weights.js';

/** 16-bit activations accumulate in as many bits as their bias has or would have. */
const numericsOf = ({ dtype }: Tensor, wideBias: 'int32' | 'int64'): Target =>
  dtype === 'int16'
    ? { numerics: { ...TFLITE_NUMERICS, accumulatorBits: wideBias === 'int32' ? 32 : 64 } }
    : {};

/** Type of the bias beside 16-bit activations: 64 bits unless the options say 32. */
function wideBiasOf({ fail }: OperatorContext, code: number): 'int32' | 'int64' {
  const type = ELEMENT_TYPES[code];
  if (type === 'int32') return type;
  return type === 'int64' || type === 'float32' ? 'int64' : fail(`has options for a bias of type ${type}`);
}

const convolution =
  (
    op: 'conv_2d' | 'depthwise_conv_2d',
    kind: 'Conv2DOptions' | 'DepthwiseConv2DOptions',
    axis: number,
  ): Decode =>
  (operator) => {
    const input = operator.sameType(0);
    const options = operator.options(kind);
    const wideBias =
      kind === 'Conv2DOptions' ? wideBiasOf(operator, operator.options(kind).quantizedBiasType) : 'int64';
    const rules = { axis, wideBias } as const;
    const inputs = [input, ...weightsOf(operator, input, rules)];
    if (kind === 'DepthwiseConv2DOptions')
      checkDepth(operator, inputs, operator.options(kind).depthMultiplier);
    const attributes = {
      padding: paddingOf(operator, options.padding),
      strides: pairOf(operator, 'strides', options.strideH, options.strideW),
      activation: activationOf(operator, options.fusedActivation),
      dilations: pairOf(operator, 'dilations', options.dilationH, options.dilationW),
    };
    operator.emit(op, attributes, inputs, numericsOf(input, wideBias));
  };

/** Beside int16 activations TensorFlow Lite takes the depth multiplier from the options; else the shapes say it. */
function checkDepth(
  { fail }: OperatorContext,
  [input, weights]: readonly Tensor[],
  multiplier: number,
): void {
  if (input!.dtype === 'int16' && multiplier * input!.shape[3]! !== weights!.shape[3])
    fail(
      `has options for ${multiplier} outputs of each channel and weights of ${formatShape(weights!.shape)}`,
    );
}

/** It reads its output's shape, the weights, the image and the bias. */
const convolveTransposed: Decode = (operator) => {
  const input = operator.sameType(2);
  const options = operator.options('TransposeConvOptions');
  const rules = { axis: 0, bias: 3, wideBias: wideBiasOf(operator, options.quantizedBiasType) } as const;
  const inputs = [input, ...weightsOf(operator, input, rules)];
  const { values } = operator.integers(0);
  const [batches, height, width, channels] = values;
  if (values.length !== 4 || batches !== input.shape[0] || channels !== inputs[1]!.shape[0])
    operator.fail(`gives its output the shape [${values.join(', ')}]`);
  const attributes = {
    padding: paddingOf(operator, options.padding),
    strides: pairOf(operator, 'strides', options.strideH, options.strideW),
    outputSize: pairOf(operator, 'an output', height!, width!, MAX_SIZE),
    activation: activationOf(operator, options.fusedActivation),
  };
  operator.emit('transpose_conv', attributes, inputs, numericsOf(input, rules.wideBias));
};

/** Unless it keeps the dimensions, it takes its input as rows of the weights' depth. */
const connectFully: Decode = (operator) => {
  const options = operator.options('FullyConnectedOptions');
  if (options.weightsFormat !== 0) operator.fail('has shuffled weights, which are not supported');
  const input = operator.sameType(0);
  const rules = {
    axis: 0,
    isDense: true,
    wideBias: wideBiasOf(operator, options.quantizedBiasType),
  } as const;
  const weights = weightsOf(operator, input, rules);
  const depth = weights[0]!.shape[1]!;
  const isRows = input.shape.length === 2 && input.shape[1] === depth;
  const rows = options.keepNumDims || isRows ? input : asRows(operator, input, depth);
  if (operator.profile === DEFAULT_PROFILE && weights[0]!.quantization?.axis === 0 && rows.shape.length !== 2)
    operator.fail(
      'has a scale for each output and keeps more than two dimensions, of which TensorFlow Lite 2.15 reads weights that are not there; --numerics tflite-2.20 can compute it',
    );
  const attributes = { activation: activationOf(operator, options.fusedActivation) };
  const inputs = [rows, ...weights];
  operator.emit('fully_connected', attributes, inputs, numericsOf(input, rules.wideBias));
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
