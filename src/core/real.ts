import { allocate, type TensorData } from './dtype.js';
import type { Tensor } from './graph.js';
import { roundHalfAwayFromZero } from './math.js';
import { integerRange } from './quantization.js';

/**
 * The integer that stands for a real value: round(value / scale) + zero point, limited to [min, max] (thesis 2.12 to
 * 2.14). Divides in float32 and rounds halves away from zero, as TensorFlow Lite's `AffineQuantize`.
 */
export function quantizeValue(
  value: number,
  scale: number,
  zeroPoint: number,
  min: number,
  max: number,
): number {
  const q = roundHalfAwayFromZero(Math.fround(value / scale)) + zeroPoint;
  return q < min ? min : q > max ? max : q;
}

/** The real value of an integer: Δ·(q − Z), rounded to float32 (thesis 2.15). */
export const dequantizeValue = (q: number, scale: number, zeroPoint: number): number =>
  Math.fround(scale * (q - zeroPoint));

/** Float values in the form of a tensor that is quantized per tensor, for example the input of an int8 model. */
export function quantizedValues({ dtype, quantization }: Tensor, values: Float32Array): TensorData {
  if (quantization === undefined) return values;
  const { min, max } = integerRange(quantization.bits, quantization.signed);
  const result = allocate(dtype, values.length);
  for (let i = 0; i < values.length; i++)
    result[i] = quantizeValue(values[i]!, quantization.scales[0]!, quantization.zeroPoints[0]!, min, max);
  return result;
}

/** Writes the real values that a tensor stands for into `target`, which must be at least as long as `data`. */
export function realValues({ quantization }: Tensor, data: TensorData, target: Float32Array): Float32Array {
  if (quantization === undefined) {
    target.set(data as Float32Array);
    return target;
  }
  const scale = quantization.scales[0]!;
  const zeroPoint = quantization.zeroPoints[0]!;
  for (let i = 0; i < data.length; i++) target[i] = dequantizeValue(Number(data[i]), scale, zeroPoint);
  return target;
}
