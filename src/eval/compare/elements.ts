import {
  allocate,
  dequantizeValue,
  elementCount,
  integerRange,
  type Node,
  type Quantization,
  quantizeValue,
  type Shape,
  sameShape,
  type Tensor,
  type TensorData,
} from '../../core/index.js';
import type { Activation } from '../../ops/index.js';
import { integerActivationRange } from '../../ops/support/activation.js';
import type { Scale } from './measure.js';
import { type IntegerFacts, identical } from './patterns/index.js';

/** A tensor of B with the values of all samples. */
export interface OtherTensor {
  /** Its name in the model, or its file. */
  readonly name: string;
  readonly shape: Shape;
  readonly data: TensorData;
  readonly quantization?: Quantization;
}

/** Elements of both sides in the form in which they are compared. */
export interface Elements {
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** They are real numbers, not integers. */
  readonly real: boolean;
  /** What they stand for, if integers of one side were compared with real numbers of the other. */
  readonly reals?: readonly [Float64Array, Float64Array];
  /** How A's and B's integers stand for real numbers, as far as they do. */
  readonly scales: readonly [Scale | null, Scale | null];
}

const withoutOnes = (shape: Shape): Shape => shape.filter((size) => size !== 1);

/** Whether two shapes hold the same elements in the same order: dimensions of one element aside, or one of them flat. */
export const sameOrder = (a: Shape, b: Shape): boolean =>
  elementCount(a) === elementCount(b) &&
  (a.length === 1 || b.length === 1 || sameShape(withoutOnes(a), withoutOnes(b)));

const scaleOf = ({ quantization }: { readonly quantization?: Quantization }): Scale | null =>
  quantization?.axis === null
    ? { scale: quantization.scales[0]!, zeroPoint: quantization.zeroPoints[0]! }
    : null;

const numbers = (data: TensorData): Float64Array => Float64Array.from(data as Float32Array, Number);

const realNumbers = (data: TensorData, scale: Scale | null): Float64Array => {
  const values = numbers(data);
  return scale === null ? values : values.map((q) => dequantizeValue(q, scale.scale, scale.zeroPoint));
};

const isReal = (data: TensorData): boolean => data instanceof Float32Array;

/**
 * Brings both sides to one form: as they are if both are integers or both real numbers; else real numbers become the integers that stand
 * for them on the other side. Real numbers of B are taken for integers as they are if more of them equal A's that way.
 */
export function elementsOf(tensor: Tensor, data: TensorData, other: OtherTensor): Elements {
  const [own, theirs] = [scaleOf(tensor), scaleOf(other)];
  const [a, b] = [numbers(data), numbers(other.data)];
  if (isReal(data) === isReal(other.data))
    return { a, b, real: isReal(data), scales: isReal(data) ? [null, null] : [own, theirs] };
  const integers = isReal(data) ? other : tensor;
  if (integers.quantization?.axis !== null) return { a, b, real: true, scales: [own, theirs] };
  const scale = own ?? theirs;
  const quantized = quantizedNumbers(isReal(data) ? a : b, integers.quantization);
  const rounded = isReal(data) ? ([quantized, b] as const) : ([a, quantized] as const);
  if (!isReal(data) && matches(a, b) > matches(...rounded)) return { a, b, real: false, scales: [own, null] };
  const reals = [realNumbers(data, own), realNumbers(other.data, theirs)] as const;
  return { a: rounded[0], b: rounded[1], real: false, reals, scales: [scale, scale] };
}

/** The integers that stand for real numbers; NaN for what is none. */
function quantizedNumbers(
  values: Float64Array,
  { scales, zeroPoints, bits, signed }: Quantization,
): Float64Array {
  const { min, max } = integerRange(bits, signed);
  return values.map((value) => quantizeValue(value, scales[0]!, zeroPoints[0]!, min, max));
}

const matches = (a: Float64Array, b: Float64Array): number =>
  a.reduce((count, value, i) => count + (identical(value, b[i]!) ? 1 : 0), 0);

/** B's values in the type of A's tensor; null where they do not fit into it. */
export function asTensor(tensor: Tensor, other: OtherTensor): TensorData | null {
  const { dtype, quantization } = tensor;
  if (dtype === 'float32')
    return isReal(other.data) ? other.data : Float32Array.from(realNumbers(other.data, scaleOf(other)));
  if (quantization?.axis !== null || dtype === 'int64') return null;
  const { min, max } = integerRange(quantization.bits, quantization.signed);
  const plain = numbers(other.data);
  const isWhole = plain.every(Number.isInteger);
  const values = isReal(other.data) && !isWhole ? quantizedNumbers(plain, quantization) : plain;
  if (!values.every((value) => value >= min && value <= max)) return null;
  const result = allocate(dtype, values.length) as Int8Array;
  result.set(values);
  return result;
}

/** What detectors know of a quantized tensor and the node that writes it. */
export function integerFacts({ quantization }: Tensor, node: Node | undefined): IntegerFacts | null {
  if (quantization === undefined || quantization.axis !== null) return null;
  const { min, max } = integerRange(quantization.bits, quantization.signed);
  const activation = (node?.attributes.activation ?? 'none') as Activation;
  const range = integerActivationRange(activation, quantization);
  return { min, max, low: range.min, high: range.max, zeroPoint: quantization.zeroPoints[0]! };
}
