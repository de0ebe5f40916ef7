/** Element types. `int64` holds the biases of layers with 64-bit accumulators. */
export type DType = 'float32' | 'int8' | 'uint8' | 'int16' | 'int32' | 'int64';

/** The values of one tensor, flat and row-major. */
export type TensorData = Float32Array | Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array;

const BYTES: Readonly<Record<DType, number>> = {
  float32: 4,
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
};

/** Bytes of one element. */
export const bytesPerElement = (dtype: DType): number => BYTES[dtype];

/** A typed array of `length` elements over `buffer` at `byteOffset` (which must be a multiple of the element size). */
export function viewOf(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TensorData {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'int8':
      return new Int8Array(buffer, byteOffset, length);
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, length);
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
  }
}

/** A new zeroed typed array of `length` elements. */
export const allocate = (dtype: DType, length: number): TensorData =>
  viewOf(dtype, new ArrayBuffer(length * bytesPerElement(dtype)), 0, length);

/** The dtype whose values a typed array holds. */
export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int8Array) return 'int8';
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int16Array) return 'int16';
  if (data instanceof Int32Array) return 'int32';
  return 'int64';
}
