import {
  dequantizeValue,
  elementCount,
  type Quantization,
  type Shape,
  type TensorData,
} from '../../core/index.js';

/** The value of a half-precision number (IEEE 754 binary16), given by its bits: exact. */
export function halfToNumber(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Half-precision numbers, little-endian, as float32. */
export function halvesToFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, i) =>
    halfToNumber(view.getUint16(2 * i, true)),
  );
}

/** The reals that integers stand for, with one scale or several. */
export function integersToFloats(
  data: TensorData,
  shape: Shape,
  { scales, zeroPoints, axis }: Quantization,
): Float32Array {
  const elementsPerScale = axis === null ? data.length : elementCount(shape.slice(axis + 1));
  return Float32Array.from({ length: data.length }, (_, i) => {
    const channel = Math.floor(i / elementsPerScale) % scales.length;
    return dequantizeValue(Number(data[i]), scales[channel]!, zeroPoints[channel]!);
  });
}

/** Signed numbers of 4 bits, two in a byte, the first in its lower half. */
export const unpackedNibbles = (bytes: Uint8Array, count: number): Int8Array =>
  Int8Array.from({ length: count }, (_, i) => (bytes[i >> 1]! << (i % 2 === 0 ? 28 : 24)) >> 28);
