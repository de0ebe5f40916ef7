import {
  activationCode,
  type Encode,
  type EncoderContext,
  integers,
  paddingCode,
  typeCode,
  versionFor,
} from '../encode.js';

/** TensorFlow Lite has 8-bit weights; those of convolutions have zero point 0 beside signed activations. */
function requireWeights({ inputs: [input, weights], fail }: EncoderContext, symmetric: boolean): void {
  if (input!.dtype === 'float32') return;
  if (weights!.dtype !== 'int8' && weights!.dtype !== 'uint8') fail(`has ${weights!.dtype} weights`);
  if (symmetric && weights!.dtype === 'int8' && weights!.quantization!.zeroPoints.some((zero) => zero !== 0))
    fail('has weights with zero points other than 0');
}

/** Whether sums of 16-bit values have 32 bits, and so does the bias, if there is one. */
const isNarrow = ({ inputs: [input], numerics }: EncoderContext): boolean =>
  input!.dtype === 'int16' && numerics.accumulatorBits === 32;

/** The option that announces a bias of 32 bits beside int16 activations; without it TensorFlow Lite takes 64. */
const biasType = (context: EncoderContext) =>
  isNarrow(context) ? { quantizedBiasType: typeCode('int32') } : {};

/** What both convolutions say of themselves. */
const convolutionOptions = ({
  attributes: { padding, strides, dilations, activation },
  fail,
}: Parameters<Encode<'conv_2d'>>[0]) => ({
  padding: typeof padding === 'string' ? paddingCode(padding) : fail('has explicit padding'),
  strideH: strides[0],
  strideW: strides[1],
  dilationH: dilations[0],
  dilationW: dilations[1],
  fusedActivation: activationCode(activation),
});

export const conv2d: Encode<'conv_2d'> = (context) => {
  const [input, weights] = context.inputs;
  requireWeights(context, true);
  const isGrouped = weights!.shape[3] !== input!.shape[3];
  return {
    builtin: 'CONV_2D',
    version: isNarrow(context) ? 8 : isGrouped ? 6 : versionFor(input!, { int8: 3, int16: 3 }),
    options: { kind: 'Conv2DOptions', values: { ...convolutionOptions(context), ...biasType(context) } },
  };
};

export const depthwiseConv2d: Encode<'depthwise_conv_2d'> = (context) => {
  const { attributes, inputs } = context;
  const [input, weights] = inputs;
  requireWeights(context, true);
  if (isNarrow(context)) context.fail('has 32-bit sums of 16-bit values');
  const isDilated = attributes.dilations.some((dilation) => dilation !== 1);
  const depthMultiplier = weights!.shape[3]! / input!.shape[3]!;
  return {
    builtin: 'DEPTHWISE_CONV_2D',
    version: versionFor(input!, { int8: 3, int16: 3, float32: isDilated ? 2 : 1 }),
    options: {
      kind: 'DepthwiseConv2DOptions',
      values: { ...convolutionOptions(context), depthMultiplier },
    },
  };
};

/** Version 3 has a bias, version 4 an activation. */
export const transposeConv: Encode<'transpose_conv'> = (context) => {
  const { attributes, inputs, outputs } = context;
  const [input, weights, bias] = inputs;
  const { padding, strides, activation } = attributes;
  requireWeights(context, true);
  const version = versionFor(input!, { int8: 2, int16: 3 });
  return {
    builtin: 'TRANSPOSE_CONV',
    version: activation !== 'none' ? 4 : bias !== undefined ? 3 : version,
    options: {
      kind: 'TransposeConvOptions',
      values: {
        padding: paddingCode(padding),
        strideH: strides[0],
        strideW: strides[1],
        fusedActivation: activationCode(activation),
        ...biasType(context),
      },
    },
    inputs: [
      integers(outputs[0]!, 'shape', outputs[0]!.shape),
      weights!,
      input!,
      ...(bias === undefined ? [] : [bias]),
    ],
  };
};

export const fullyConnected: Encode<'fully_connected'> = (context) => {
  const { attributes, inputs } = context;
  const [input, , bias] = inputs;
  requireWeights(context, false);
  const keepNumDims = input!.shape.length !== 2;
  return {
    builtin: 'FULLY_CONNECTED',
    version: isNarrow(context)
      ? 11
      : bias === undefined
        ? 6
        : keepNumDims
          ? 5
          : versionFor(input!, { int8: 4, int16: 4 }),
    options: {
      kind: 'FullyConnectedOptions',
      values: { fusedActivation: activationCode(attributes.activation), keepNumDims, ...biasType(context) },
    },
  };
};
