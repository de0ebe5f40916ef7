import { ByteBuffer } from 'flatbuffers';
import { inputError } from '../../core/index.js';

/**
 * One table of a FlatBuffer. Fields are read by their id in the schema; a field that is missing gives the fallback, an
 * empty vector or null. Whatever lies outside the file, or is read far more often than the file is long, is refused.
 */
export interface Table {
  /** Whether the file has the field. */
  has(id: number): boolean;
  bool(id: number, fallback?: boolean): boolean;
  int8(id: number, fallback?: number): number;
  uint8(id: number, fallback?: number): number;
  int32(id: number, fallback?: number): number;
  uint32(id: number, fallback?: number): number;
  uint64(id: number): bigint;
  float32(id: number, fallback?: number): number;
  text(id: number): string;
  table(id: number): Table | null;
  tables(id: number): readonly Table[];
  int32s(id: number): readonly number[];
  int64s(id: number): readonly bigint[];
  float32s(id: number): readonly number[];
  /** A view of the file. */
  bytes(id: number): Uint8Array;
}

/** How many times over the file may be read: tables and vectors that many others share could multiply the work. */
const READINGS = 16;

/** What a small file may be read beyond that, in bytes. */
const FREE_BYTES = 65536;

const OFFSET_BYTES = 4;

/** The root table of a FlatBuffer. @throws QpannError that names the file when an offset leads out of it. */
export function rootTable(bytes: Uint8Array, identifier: string, fileName: string): Table {
  const buffer = new ByteBuffer(bytes);
  const damaged = (what: string): never => {
    throw inputError(`${fileName}: is damaged or truncated: ${what}`);
  };
  if (bytes.length < OFFSET_BYTES + identifier.length || !buffer.__has_identifier(identifier))
    throw inputError(`${fileName}: is not a TensorFlow Lite file (no ${identifier} at its start)`);
  let budget = bytes.length * READINGS + FREE_BYTES;

  /** The position, once its bytes are known to lie in the file. */
  const checked = (position: number, size: number): number => {
    if (position < 0 || position + size > bytes.length) damaged('it refers to bytes beyond its end');
    budget -= size;
    if (budget < 0) damaged('its tables refer to the same bytes over and over');
    return position;
  };
  const follow = (position: number): number => {
    const offset = buffer.readUint32(checked(position, OFFSET_BYTES));
    if (offset === 0) damaged('it holds an offset of 0');
    return position + offset;
  };
  const openTable = (position: number): Table => {
    const vtable = position - buffer.readInt32(checked(position, OFFSET_BYTES));
    const vtableBytes = buffer.readUint16(checked(vtable, 2));
    const tableBytes = buffer.readUint16(checked(vtable + 2, 2));
    if (vtableBytes < 4 || vtableBytes % 2 !== 0) damaged('it holds a table of no size');
    checked(vtable, vtableBytes);
    checked(position, tableBytes);

    const field = (id: number, size: number): number | null => {
      const entry = 4 + 2 * id;
      const offset = entry + 2 <= vtableBytes ? buffer.readUint16(vtable + entry) : 0;
      if (offset === 0) return null;
      if (offset < 4 || offset + size > tableBytes) damaged('it holds a field outside its table');
      return position + offset;
    };
    const scalar =
      (size: number, read: (at: number) => number) =>
      (id: number, fallback = 0): number => {
        const at = field(id, size);
        return at === null ? fallback : read(at);
      };
    const vector = (id: number, size: number): { readonly start: number; readonly count: number } => {
      const at = field(id, OFFSET_BYTES);
      if (at === null) return { start: 0, count: 0 };
      const start = follow(at);
      const count = buffer.readUint32(checked(start, OFFSET_BYTES));
      checked(start + OFFSET_BYTES, count * size);
      return { start: start + OFFSET_BYTES, count };
    };
    const elements =
      <T>(size: number, read: (at: number) => T) =>
      (id: number): readonly T[] => {
        const { start, count } = vector(id, size);
        return Array.from({ length: count }, (_, i) => read(start + i * size));
      };
    const bytesOf = (id: number): Uint8Array => {
      const { start, count } = vector(id, 1);
      return bytes.subarray(start, start + count);
    };
    const uint8 = scalar(1, (at) => buffer.readUint8(at));
    return {
      has: (id) => field(id, 1) !== null,
      bool: (id, fallback = false) => uint8(id, fallback ? 1 : 0) !== 0,
      int8: scalar(1, (at) => buffer.readInt8(at)),
      uint8,
      int32: scalar(4, (at) => buffer.readInt32(at)),
      uint32: scalar(4, (at) => buffer.readUint32(at)),
      uint64(id) {
        const at = field(id, 8);
        return at === null ? 0n : buffer.readUint64(at);
      },
      float32: scalar(4, (at) => buffer.readFloat32(at)),
      text: (id) => new TextDecoder().decode(bytesOf(id)),
      table(id) {
        const at = field(id, OFFSET_BYTES);
        return at === null ? null : openTable(follow(at));
      },
      tables: elements(OFFSET_BYTES, (at) => openTable(follow(at))),
      int32s: elements(4, (at) => buffer.readInt32(at)),
      int64s: elements(8, (at) => buffer.readInt64(at)),
      float32s: elements(4, (at) => buffer.readFloat32(at)),
      bytes: bytesOf,
    };
  };
  return openTable(follow(0));
}

/** A table without fields, for an operator that stores no options. */
export const EMPTY_TABLE: Table = {
  has: () => false,
  bool: (_id, fallback = false) => fallback,
  int8: (_id, fallback = 0) => fallback,
  uint8: (_id, fallback = 0) => fallback,
  int32: (_id, fallback = 0) => fallback,
  uint32: (_id, fallback = 0) => fallback,
  uint64: () => 0n,
  float32: (_id, fallback = 0) => fallback,
  text: () => '',
  table: () => null,
  tables: () => [],
  int32s: () => [],
  int64s: () => [],
  float32s: () => [],
  bytes: () => new Uint8Array(),
};
