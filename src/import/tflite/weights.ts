import { type DType, scaleOf, type Tensor } from '../../core/index.js';
import type { OperatorContext } from './operator.js';

/** What an operator demands of its weights. */
export interface WeightRules {
  /** Dimension of the output channels, along which weights may have several scales. */
  readonly axis: number;
  /** Which input is the bias; 2 when absent. */
  readonly bias?: number;
  /** Signed weights with one scale may have a zero point, and the scale of their bias is checked. */
  readonly isDense?: boolean;
  /** Type of the bias beside int16 activations. */
  readonly wideBias?: 'int32' | 'int64';
}

/** Accumulators must stay below 2^47 (kernels/internal/common.cc, `MultiplyByQuantizedMultiplier` of int64). */
const WIDEST = 2n ** 46n;

/** Types of the weights and of the bias beside activations of each type. */
const TYPES: Partial<Readonly<Record<DType, readonly [weights: DType, bias: DType]>>> = {
  float32: ['float32', 'float32'],
  int8: ['int8', 'int32'],
  uint8: ['uint8', 'int32'],
  int16: ['int8', 'int64'],
};

/**
 * Weights (input 1) and, if there is one, the bias of an operator that writes activations of its input's type.
 * @throws QpannError where TensorFlow Lite would refuse them, or ignore a zero point
 */
export function weightsOf(operator: OperatorContext, input: Tensor, rules: WeightRules): readonly Tensor[] {
  const { fail } = operator;
  const weights = operator.constant(1);
  const [weightType, biasType] = TYPES[input.dtype]!;
  if (weights.dtype !== weightType)
    return fail(
      weightType === 'float32'
        ? `computes in float32 with ${weights.dtype} weights (hybrid); quantize activations too, or neither`
        : `has ${weights.dtype} weights for ${input.dtype} activations; ${weightType} is supported`,
    );
  if (weightType !== 'float32') checkScales(operator, weights, rules);
  if (input.dtype === 'int16' && weights.quantization!.bits < 8)
    fail('has int4 weights for int16 activations, which TensorFlow Lite 2.15 does not unpack');
  const { bias: biasInput = 2 } = rules;
  if (!operator.has(biasInput)) return [weights];
  const bias = operator.constant(biasInput);
  const expected = input.dtype === 'int16' ? (rules.wideBias ?? biasType) : biasType;
  if (bias.dtype !== expected) return fail(`has a bias of type ${bias.dtype}; ${expected} is supported`);
  if (bias.quantization?.zeroPoints.some((zeroPoint) => zeroPoint !== 0))
    fail('has a bias with a zero point');
  if (bias.data instanceof BigInt64Array && bias.data.some((value) => value >= WIDEST || value <= -WIDEST))
    fail('has a bias of more than 46 bits, which TensorFlow Lite cannot rescale');
  const isPerTensor = weights.quantization?.axis === null;
  if (isPerTensor && (rules.isDense || input.dtype === 'uint8'))
    checkBiasScale(operator, input, weights, bias);
  return [weights, bias];
}

function checkScales({ fail }: OperatorContext, { dtype, quantization }: Tensor, rules: WeightRules): void {
  const { axis, zeroPoints } = quantization ?? fail('has weights without scales');
  if (axis !== null && axis !== rules.axis)
    fail(`has weights with scales along dimension ${axis}; dimension ${rules.axis} is supported`);
  if (axis !== null && dtype === 'uint8') fail('has uint8 weights with several scales');
  const takesZeroPoint = axis === null && (dtype === 'uint8' || rules.isDense);
  if (!takesZeroPoint && zeroPoints.some((zeroPoint) => zeroPoint !== 0))
    fail(`has ${dtype} weights with a zero point, which TensorFlow Lite does not take here`);
}

/** TensorFlow Lite kernels/kernel_util.cc, `GetQuantizedConvolutionMultipler`: the bias must be in the accumulator's scale. */
function checkBiasScale(
  { fail, output }: OperatorContext,
  input: Tensor,
  weights: Tensor,
  bias: Tensor,
): void {
  const [inputScale, weightScale, outputScale] = [input, weights, output].map(({ quantization, name }) =>
    scaleOf(quantization, name),
  ) as [number, number, number];
  const biasScale = bias.quantization?.axis === null ? bias.quantization.scales[0]! : 0;
  if (Math.abs(inputScale * weightScale - biasScale) / outputScale > 0.02)
    fail(`has a bias of scale ${biasScale}; that of input times weights is ${inputScale * weightScale}`);
}
