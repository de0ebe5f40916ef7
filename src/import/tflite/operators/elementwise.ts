import type { Tensor } from '../../../core/index.js';
import { activationOf, type Decode, type OperatorContext, type OptionsKind } from '../operator.js';

const binary =
  (op: 'add' | 'sub' | 'mul', kind: OptionsKind): Decode =>
  (operator) => {
    const a = operator.sameType(0);
    const b = operator.sameType(1);
    const options = operator.options(kind);
    if (op !== 'mul' && options.bool(1, true)) refuseShifts(operator, [a, b, operator.output]);
    return [{ op, attributes: { activation: activationOf(operator, options.int8(0)) }, others: [b] }];
  };

/** Sums of 16-bit values whose scales are powers of two have arithmetic of their own, unless the options forbid it. */
function refuseShifts({ fail }: OperatorContext, tensors: readonly Tensor[]): void {
  const isPowerOfTwo = ({ dtype, quantization }: Tensor): boolean =>
    dtype === 'int16' && Number.isInteger(Math.log2(quantization!.scales[0]!));
  if (tensors.every(isPowerOfTwo))
    fail('adds int16 values by shifts (pot_scale_int16), which is not supported');
}

const rectify =
  (max: number | null): Decode =>
  (operator) => {
    operator.sameType(0);
    return [{ op: 'relu', attributes: { max, negativeSlope: 0, threshold: 0 } }];
  };

const rectifyLeakily: Decode = (operator) => {
  operator.sameType(0);
  const negativeSlope = operator.options('LeakyReluOptions').float32(0);
  if (!Number.isFinite(negativeSlope)) return operator.fail('has a slope that is not a number');
  return [{ op: 'relu', attributes: { max: null, negativeSlope, threshold: 0 } }];
};

const unary =
  (op: 'logistic' | 'tanh'): Decode =>
  (operator) => {
    operator.sameType(0);
    return [{ op, attributes: {} }];
  };

const softmax: Decode = (operator) => {
  operator.sameType(0);
  const beta = operator.options('SoftmaxOptions').float32(0);
  if (!(beta > 0) || !Number.isFinite(beta)) return operator.fail(`has beta ${beta}`);
  return [{ op: 'softmax', attributes: { beta } }];
};

/** Brings floats or integers to the integers of the output. */
const quantize: Decode = (operator) => {
  const { dtype } = operator.value(0);
  if (operator.output.dtype === 'float32') return operator.fail('writes float32');
  if (dtype === 'int8' && operator.output.dtype === 'int16')
    return operator.fail('quantizes int8 to int16, which TensorFlow Lite refuses too');
  return [{ op: 'quantize', attributes: {} }];
};

const dequantize: Decode = (operator) => {
  const { dtype } = operator.value(0);
  if (dtype === 'float32' || operator.output.dtype !== 'float32')
    return operator.fail(`turns ${dtype} into ${operator.output.dtype}`);
  return [{ op: 'dequantize', attributes: {} }];
};

/** Operators that work on every element by itself, and softmax. */
export const ELEMENTWISE_OPERATORS = {
  ADD: binary('add', 'AddOptions'),
  SUB: binary('sub', 'SubOptions'),
  MUL: binary('mul', 'MulOptions'),
  RELU: rectify(null),
  RELU6: rectify(6),
  LEAKY_RELU: rectifyLeakily,
  LOGISTIC: unary('logistic'),
  TANH: unary('tanh'),
  SOFTMAX: softmax,
  QUANTIZE: quantize,
  DEQUANTIZE: dequantize,
} satisfies Readonly<Record<string, Decode>>;
