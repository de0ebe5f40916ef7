import { type DType, elementCount, powerOfTwo, type Tensor } from '../../../core/index.js';
import { activationOf, type Decode, type OperatorContext } from '../operator.js';

const binary =
  (op: 'add' | 'sub' | 'mul', kind: 'AddOptions' | 'SubOptions' | 'MulOptions'): Decode =>
  (operator) => {
    const [a, b] = [operator.sameTypeOrWhole(0), operator.sameTypeOrWhole(1)];
    const options = operator.options(kind);
    const byShifts =
      'potScaleInt16' in options && options.potScaleInt16 === true && addsByShifts(operator, op, a, b);
    const activation = activationOf(operator, options.fusedActivation);
    operator.emit(op, { activation, ...(byShifts ? { byShifts } : {}) }, [a, b]);
  };

/**
 * Whether int16 values are aligned by shifts: where all scales are powers of two, unless the options forbid it.
 * @throws QpannError where TensorFlow Lite refuses the shifts, or reads and shifts wrongly
 */
function addsByShifts({ fail, output }: OperatorContext, op: string, a: Tensor, b: Tensor): boolean {
  if ([a, b, output].some(({ dtype }) => dtype !== 'int16')) return false;
  const exponents = [a, b, output].map(({ quantization }) => powerOfTwo(quantization!.scales[0]!));
  if (exponents.includes(null)) return false;
  const [shiftA, shiftB] = [exponents[2]! - exponents[0]!, exponents[2]! - exponents[1]!];
  if (Math.min(shiftA, shiftB) !== 0)
    fail(
      'adds by shifts (pot_scale_int16), so one input must have the scale of the output, the other a smaller one',
    );
  if (Math.max(shiftA, shiftB) > 15) fail('shifts int16 values by more than 15 bits');
  if (op === 'add' && elementCount(a.shape) !== elementCount(b.shape))
    fail(
      'adds by shifts (pot_scale_int16) and broadcasts, of which TensorFlow Lite reads values that are not there',
    );
  return true;
}

const divide: Decode = (operator) => {
  const { fusedActivation } = operator.options('DivOptions');
  const attributes = { activation: activationOf(operator, fusedActivation) };
  operator.emit('div', attributes, [operator.sameTypeOrWhole(0), operator.sameTypeOrWhole(1)]);
};

const binaryWithoutOptions =
  (op: 'maximum' | 'minimum' | 'squared_difference'): Decode =>
  (operator) => {
    operator.emit(op, {}, [operator.sameTypeOrWhole(0), operator.sameTypeOrWhole(1)]);
  };

const rectify =
  (max: number | null): Decode =>
  (operator) => {
    operator.emit('relu', { max, negativeSlope: 0, threshold: 0 }, [operator.sameType(0)]);
  };

/** A clamp whose kernels TensorFlow Lite has for 8 bits alone. */
const clampTo =
  (min: number, max: number): Decode =>
  (operator) => {
    const input = operator.sameType(0);
    if (input.dtype === 'int16') operator.fail('computes in int16, which TensorFlow Lite refuses too');
    operator.emit('relu', { ...(min !== 0 && { min }), max, negativeSlope: 0, threshold: min }, [input]);
  };

const rectifyLeakily: Decode = (operator) => {
  const input = operator.sameType(0);
  const negativeSlope = operator.options('LeakyReluOptions').alpha;
  if (!Number.isFinite(negativeSlope)) operator.fail('has a slope that is not a number');
  operator.emit('relu', { max: null, negativeSlope, threshold: 0 }, [input]);
};

type UnaryName =
  | 'abs'
  | 'exp'
  | 'hard_swish'
  | 'log_softmax'
  | 'logistic'
  | 'neg'
  | 'rsqrt'
  | 'sqrt'
  | 'tanh';

const unary =
  (op: UnaryName): Decode =>
  (operator) => {
    operator.emit(op, {}, [operator.sameTypeOrWhole(0)]);
  };

/** Its slopes are a constant of the output's type. */
const rectifyParametrically: Decode = (operator) => {
  const input = operator.sameType(0);
  operator.constant(1);
  operator.emit('prelu', {}, [input, operator.sameType(1)]);
};

const elu: Decode = (operator) => {
  operator.emit('elu', { alpha: 1 }, [operator.sameType(0)]);
};

const normalize: Decode = (operator) => {
  const input = operator.sameType(0);
  if (activationOf(operator, operator.options('L2NormOptions').fusedActivation) !== 'none')
    operator.fail('normalizes with an activation, which TensorFlow Lite refuses too');
  operator.emit('l2_normalization', {}, [input]);
};

const softmax: Decode = (operator) => {
  const input = operator.sameType(0);
  const { beta } = operator.options('SoftmaxOptions');
  if (!(beta > 0) || !Number.isFinite(beta)) operator.fail(`has beta ${beta}`);
  operator.emit('softmax', { beta }, [input]);
};

/** What TensorFlow Lite quantizes to what (kernels/quantize.cc); it also takes int32, which is no activation here. */
const QUANTIZABLE: Partial<Readonly<Record<DType, readonly DType[]>>> = {
  float32: ['int8', 'uint8', 'int16'],
  int8: ['int8', 'uint8'],
  uint8: ['int8', 'uint8'],
  int16: ['int8', 'int16', 'int32'],
};

/** Brings floats or integers to the integers of the output. */
const quantize: Decode = (operator) => {
  const input = operator.value(0);
  const { dtype } = operator.output;
  if (!QUANTIZABLE[input.dtype]?.includes(dtype))
    operator.fail(`quantizes ${input.dtype} to ${dtype}, which TensorFlow Lite refuses too`);
  operator.emit('quantize', {}, [input]);
};

/** Constants are dequantized here: the weights of files with float16 or int8 weights. */
const dequantize: Decode = (operator) => {
  if (operator.output.dtype === 'float32' && operator.isConstant(0))
    return operator.know(operator.constant(0).data!);
  const input = operator.value(0);
  if (input.dtype === 'float32' || operator.output.dtype !== 'float32')
    operator.fail(`turns ${input.dtype} into ${operator.output.dtype}`);
  operator.emit('dequantize', {}, [input]);
};

/** Operators that work on every element by itself, and softmax. */
export const ELEMENTWISE_OPERATORS = {
  ADD: binary('add', 'AddOptions'),
  SUB: binary('sub', 'SubOptions'),
  MUL: binary('mul', 'MulOptions'),
  DIV: divide,
  MAXIMUM: binaryWithoutOptions('maximum'),
  MINIMUM: binaryWithoutOptions('minimum'),
  SQUARED_DIFFERENCE: binaryWithoutOptions('squared_difference'),
  ABS: unary('abs'),
  ELU: elu,
  EXP: unary('exp'),
  NEG: unary('neg'),
  RSQRT: unary('rsqrt'),
  SQRT: unary('sqrt'),
  RELU: rectify(null),
  RELU6: rectify(6),
  RELU_0_TO_1: clampTo(0, 1),
  RELU_N1_TO_1: clampTo(-1, 1),
  LEAKY_RELU: rectifyLeakily,
  HARD_SWISH: unary('hard_swish'),
  LOGISTIC: unary('logistic'),
  L2_NORMALIZATION: normalize,
  LOG_SOFTMAX: unary('log_softmax'),
  PRELU: rectifyParametrically,
  TANH: unary('tanh'),
  SOFTMAX: softmax,
  QUANTIZE: quantize,
  DEQUANTIZE: dequantize,
} satisfies Readonly<Record<string, Decode>>;
