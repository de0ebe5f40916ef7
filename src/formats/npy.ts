import { dtypeOf, elementCount, inputError, type Shape, type TensorData } from '../core/index.js';

/** An array as a `.npy` file holds it. */
export interface NpyArray {
  readonly shape: Shape;
  readonly data: TensorData;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const DESCRIPTORS = {
  float32: '<f4',
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
} as const;
const TYPES: Readonly<Record<string, (buffer: ArrayBuffer) => TensorData>> = {
  '<f4': (buffer) => new Float32Array(buffer),
  '<f8': (buffer) => Float32Array.from(new Float64Array(buffer)),
  '|i1': (buffer) => new Int8Array(buffer),
  '|u1': (buffer) => new Uint8Array(buffer),
  '<i2': (buffer) => new Int16Array(buffer),
  '<i4': (buffer) => new Int32Array(buffer),
  '<i8': (buffer) => new BigInt64Array(buffer),
};

/** An array as the bytes of a `.npy` file, version 1.0, C order (NumPy `numpy.lib.format`). */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${DESCRIPTORS[dtypeOf(data)]}', 'fortran_order': False, 'shape': (${dims}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + data.byteLength);
  bytes.set([...MAGIC, 1, 0, length & 0xff, length >> 8]);
  bytes.set(new TextEncoder().encode(`${header.padEnd(length - 1)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return bytes;
}

/**
 * Reads a `.npy` file of version 1 to 3: little-endian, C order; float64 becomes float32.
 * @throws QpannError that names the file if it is damaged or of another type
 */
export function decodeNpy(bytes: Uint8Array, file: string): NpyArray {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw inputError(`${file}: not a .npy file`);
  if (bytes[6]! < 1 || bytes[6]! > 3)
    throw inputError(`${file}: .npy version ${bytes[6]}; expected version 1, 2 or 3`);
  const wide = bytes[6]! >= 2;
  const start = wide ? 12 : 10;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.length) throw inputError(`${file}: truncated .npy header`);
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const descriptor = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const dims = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (!Object.hasOwn(TYPES, descriptor))
    throw inputError(
      `${file}: holds ${descriptor || 'structured'} values; expected one of ${Object.keys(TYPES).join(' ')}`,
    );
  if (dims === undefined) throw inputError(`${file}: the .npy header gives no shape`);
  if (/'fortran_order':\s*True/.test(header))
    throw inputError(`${file}: in Fortran order; save it with numpy.ascontiguousarray`);
  const shape = (dims.match(/\d+/g) ?? []).map(Number);
  const values = new Uint8Array(bytes.subarray(start + length));
  const itemBytes = Number(descriptor.slice(2));
  if (values.length !== elementCount(shape) * itemBytes)
    throw inputError(
      `${file}: ${values.length} bytes of values for shape (${shape.join(', ')}) of ${itemBytes}-byte values`,
    );
  return { shape, data: TYPES[descriptor]!(values.buffer) };
}
