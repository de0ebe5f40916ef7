import { aligned, elementCount, realValues, type Tensor, type TensorData } from '../core/index.js';
import type { Place } from '../engine/index.js';

/**
 * What is kept of λ and μ: of each activation, in float32 within a block as a `Recorder` keeps them, which the thesis's SQNR
 * needs; or of the whole tensor in float64, which is enough for Σλ/Σμ.
 */
export type SumKind = 'activation' | 'tensor';

/** A sum in the linear memory, starting at zero. */
export interface TensorSum {
  readonly kind: SumKind;
  readonly values: Float32Array | Float64Array;
}

/** Float64 lanes of the sum of a whole tensor: value i goes to lane i mod 4. */
const LANES = 4;

/** Bytes that the sum of a tensor takes. */
export const sumBytes = (kind: SumKind, { shape }: Tensor): number =>
  kind === 'tensor' ? LANES * 8 : aligned(elementCount(shape) * 4);

/** The sum of a tensor at an offset of a place's memory, set to zero. */
export function openSum(kind: SumKind, { memory }: Place, offset: number, { shape }: Tensor): TensorSum {
  const values =
    kind === 'tensor'
      ? new Float64Array(memory.buffer, offset, LANES)
      : new Float32Array(memory.buffer, offset, elementCount(shape));
  values.fill(0);
  return { kind, values };
}

/** The sum so far, one number or one for each activation, which it sets back to zero. */
export function takeSum({ kind, values }: TensorSum): Float32Array | Float64Array {
  const copy = values.slice();
  values.fill(0);
  if (kind === 'activation') return copy;
  return Float64Array.of(copy[0]! + copy[1]! + (copy[2]! + copy[3]!));
}

type Kernels = Place['kernels'];

/** Adds λ of one sample: the squares of a float tensor's values, which lie at one place. */
export function squaresInto(
  { kind, values }: TensorSum,
  reference: TensorData,
  kernels: Kernels,
): () => void {
  const [a, count, into] = [reference.byteOffset, reference.length, values.byteOffset];
  if (kernels !== undefined)
    return kind === 'tensor'
      ? () => kernels.total_squares_float32(into, a, count)
      : () => kernels.sum_squares_float32(into, a, 0, 1, count, 0);
  return () => {
    for (let i = 0; i < count; i++) addSquare(values, kind, i, reference[i] as number);
  };
}

/**
 * Adds μ of one sample: the squares of the differences between a float tensor's values and those of its twin in another
 * model, whose integers stand for real values.
 */
export function noiseInto(
  { kind, values }: TensorSum,
  reference: TensorData,
  tensor: Tensor,
  twin: TensorData,
  kernels: Kernels,
): () => void {
  const { dtype, quantization } = tensor;
  const [a, b, count, into] = [reference.byteOffset, twin.byteOffset, twin.length, values.byteOffset];
  if (kernels !== undefined && quantization === undefined && dtype === 'float32')
    return kind === 'tensor'
      ? () => kernels.total_noise_float32(into, a, b, count)
      : () => kernels.sum_noise_float32(into, a, b, 0, 1, count, 0);
  if (kernels !== undefined && quantization !== undefined && (dtype === 'int8' || dtype === 'int16')) {
    const [scale, zero] = [quantization.scales[0]!, quantization.zeroPoints[0]!];
    return kind === 'tensor'
      ? () => kernels[`total_noise_${dtype}`](into, a, b, count, scale, zero)
      : () => kernels[`sum_noise_${dtype}`](into, a, b, 0, 1, count, scale, zero, 0);
  }
  const real = new Float32Array(count);
  return () => {
    realValues(tensor, twin, real);
    for (let i = 0; i < count; i++)
      addSquare(values, kind, i, Math.fround((reference[i] as number) - real[i]!));
  };
}

/** Adds a square: exact to a lane of float64, or rounded to float32 to the activation's own sum. */
function addSquare(sums: Float32Array | Float64Array, kind: SumKind, index: number, value: number): void {
  if (kind === 'tensor') sums[index % LANES]! += value * value;
  else sums[index] = sums[index]! + Math.fround(value * value);
}
