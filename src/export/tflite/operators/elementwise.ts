import { scaleOf, type Tensor } from '../../../core/index.js';
import { activationCode, type Encode, type Encoded, typeCode, versionFor } from '../encode.js';

type SumAttributes = Parameters<Encode<'add'>>[0]['attributes'];

/** The flag says which 16-bit sums are aligned by shifts; it is the schema's for all other types. */
const sumOptions = ({ dtype }: Tensor, { activation, byShifts = false }: SumAttributes) => ({
  fusedActivation: activationCode(activation),
  potScaleInt16: dtype !== 'int16' || byShifts,
});

/** Whether operands are broadcast in more than four dimensions. */
const broadcastsManyDimensions = ([a, b]: readonly Tensor[]): boolean =>
  String(a!.shape) !== String(b!.shape) && Math.max(a!.shape.length, b!.shape.length) > 4;

export const add: Encode<'add'> = ({ attributes, inputs }) => ({
  builtin: 'ADD',
  version: versionFor(inputs[0]!, { int8: 2, int16: attributes.byShifts ? 1 : 3 }),
  options: { kind: 'AddOptions', values: sumOptions(inputs[0]!, attributes) },
});

export const sub: Encode<'sub'> = ({ attributes, inputs }) => ({
  builtin: 'SUB',
  version:
    inputs[0]!.dtype === 'int16' && !attributes.byShifts
      ? 5
      : broadcastsManyDimensions(inputs)
        ? 3
        : versionFor(inputs[0]!, { int8: 2 }),
  options: { kind: 'SubOptions', values: sumOptions(inputs[0]!, attributes) },
});

/** Version 3 allows a factor of 1 and more between accumulator and output. */
export const mul: Encode<'mul'> = ({ attributes, inputs, outputs }) => ({
  builtin: 'MUL',
  version: versionFor(inputs[0]!, { int8: enlarges(inputs, outputs[0]!) ? 3 : 2, int16: 4 }),
  options: { kind: 'MulOptions', values: { fusedActivation: activationCode(attributes.activation) } },
});

export const div: Encode<'div'> = ({ attributes, inputs }) => ({
  builtin: 'DIV',
  version: broadcastsManyDimensions(inputs) ? 2 : 1,
  options: { kind: 'DivOptions', values: { fusedActivation: activationCode(attributes.activation) } },
});

export const squaredDifference: Encode<'squared_difference'> = ({ inputs }) => ({
  builtin: 'SQUARED_DIFFERENCE',
  version: versionFor(inputs[0]!, { int8: 2 }),
  options: { kind: 'SquaredDifferenceOptions', values: {} },
});

const extremum =
  (builtin: 'MAXIMUM' | 'MINIMUM'): Encode<'maximum' | 'minimum'> =>
  ({ inputs }) => ({
    builtin,
    version:
      inputs[0]!.dtype === 'int16'
        ? 4
        : broadcastsManyDimensions(inputs)
          ? 3
          : versionFor(inputs[0]!, { int8: 2 }),
    options: { kind: 'MaximumMinimumOptions', values: {} },
  });

export const maximum = extremum('MAXIMUM');
export const minimum = extremum('MINIMUM');

function enlarges([a, b]: readonly Tensor[], output: Tensor): boolean {
  if (output.quantization === undefined) return false;
  const scale = ({ quantization, name }: Tensor): number => scaleOf(quantization, name);
  return Math.fround(Math.fround(scale(a!) * scale(b!)) / scale(output)) >= 1;
}

export const relu: Encode<'relu'> = ({ attributes, inputs, fail }): Encoded => {
  const { min = 0, max, negativeSlope, threshold } = attributes;
  const input = inputs[0]!;
  if (min === -1 && threshold === -1 && negativeSlope === 0 && max === 1)
    return { builtin: 'RELU_N1_TO_1', version: 1 };
  if (min === 0 && threshold === 0 && negativeSlope === 0) {
    if (max === 1) return { builtin: 'RELU_0_TO_1', version: 1 };
    if (max === null) return { builtin: 'RELU', version: versionFor(input, { int8: 2, uint8: 2, int16: 3 }) };
    if (max === 6) return { builtin: 'RELU6', version: versionFor(input, { int8: 2, int16: 3 }) };
  }
  if (min === 0 && threshold === 0 && max === null)
    return {
      builtin: 'LEAKY_RELU',
      version: versionFor(input, { int16: 2 }),
      options: { kind: 'LeakyReluOptions', values: { alpha: negativeSlope } },
    };
  return fail(
    `TensorFlow Lite has no ReLU with slope ${negativeSlope}, threshold ${threshold}, bounds ${min} and ${max}`,
  );
};

export const logistic: Encode<'logistic'> = ({ inputs }) => ({
  builtin: 'LOGISTIC',
  version: versionFor(inputs[0]!, { int8: 2, int16: 3 }),
});

export const hardSwish: Encode<'hard_swish'> = () => ({ builtin: 'HARD_SWISH', version: 1 });

/** Slopes have the type of the values. */
export const prelu: Encode<'prelu'> = ({ inputs: [input, alpha], fail }) =>
  input!.dtype === alpha!.dtype
    ? { builtin: 'PRELU', version: 1 }
    : fail(`has ${alpha!.dtype} slopes for ${input!.dtype} values`);

export const tanh: Encode<'tanh'> = ({ inputs }) => ({
  builtin: 'TANH',
  version: versionFor(inputs[0]!, { int8: 2, int16: 3 }),
});

export const softmax: Encode<'softmax'> = ({ attributes, inputs }) => ({
  builtin: 'SOFTMAX',
  version: versionFor(inputs[0]!, { int8: 2, int16: 3 }),
  options: { kind: 'SoftmaxOptions', values: { beta: attributes.beta } },
});

export const l2Normalization: Encode<'l2_normalization'> = ({ outputs }) => ({
  builtin: 'L2_NORMALIZATION',
  version: versionFor(outputs[0]!, { int8: 2 }),
  options: { kind: 'L2NormOptions', values: { fusedActivation: activationCode('none') } },
});

export const logSoftmax: Encode<'log_softmax'> = ({ inputs }) => ({
  builtin: 'LOG_SOFTMAX',
  version: versionFor(inputs[0]!, { int8: 2 }),
});

export const quantize: Encode<'quantize'> = ({ outputs }) => ({
  builtin: 'QUANTIZE',
  version: versionFor(outputs[0]!, { int16: 2 }),
});

export const dequantize: Encode<'dequantize'> = ({ inputs }) => ({
  builtin: 'DEQUANTIZE',
  version: versionFor(inputs[0]!, { int8: 2, int16: 3 }),
});

export const cast: Encode<'cast'> = ({ inputs, outputs }) => ({
  builtin: 'CAST',
  version: [...inputs, ...outputs].some(({ dtype }) => dtype === 'int8') ? 3 : 1,
  options: {
    kind: 'CastOptions',
    values: { inDataType: typeCode(inputs[0]!.dtype), outDataType: typeCode(outputs[0]!.dtype) },
  },
});
