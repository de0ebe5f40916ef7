import type { Random } from './random.js';

/** What stands at a place of a file. */
export type SiteKind =
  | 'int8'
  | 'uint8'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'uint64'
  | 'float32'
  /** A distance from here, as FlatBuffers refer to tables and vectors. */
  | 'offset';

/** A number in a file and what it means. */
export interface Site {
  /** For people: `subgraphs[0].tensors[3].shape[1]`. */
  readonly path: string;
  readonly at: number;
  readonly kind: SiteKind;
}

const SIZES: Readonly<Record<SiteKind, number>> = {
  int8: 1,
  uint8: 1,
  uint16: 2,
  int32: 4,
  uint32: 4,
  uint64: 8,
  float32: 4,
  offset: 4,
};

/** Bytes of a site. */
export const sizeOf = ({ kind }: Site): number => SIZES[kind];

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The number at a site. */
export function read(bytes: Uint8Array, { at, kind }: Site): number {
  const view = viewOf(bytes);
  switch (kind) {
    case 'int8':
      return view.getInt8(at);
    case 'uint8':
      return view.getUint8(at);
    case 'uint16':
      return view.getUint16(at, true);
    case 'int32':
      return view.getInt32(at, true);
    case 'uint32':
    case 'offset':
      return view.getUint32(at, true);
    case 'uint64':
      return Number(view.getBigUint64(at, true));
    case 'float32':
      return view.getFloat32(at, true);
  }
}

/** Writes a number at a site, as much of it as fits. */
export function write(bytes: Uint8Array, { at, kind }: Site, value: number): void {
  const view = viewOf(bytes);
  switch (kind) {
    case 'int8':
    case 'uint8':
      view.setUint8(at, value);
      return;
    case 'uint16':
      view.setUint16(at, value, true);
      return;
    case 'int32':
    case 'uint32':
    case 'offset':
      view.setUint32(at, value, true);
      return;
    case 'uint64':
      view.setBigUint64(at, BigInt.asUintN(64, BigInt(Math.trunc(value))), true);
      return;
    case 'float32':
      view.setFloat32(at, value, true);
  }
}

const WHOLE = [0, 1, -1, 2, 3, 5, 8, 64, 127, 128, 255, 256, 65535, 65536, 1e6, 1e9, 2 ** 31 - 1, -(2 ** 31)];
const REAL = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, 1e-38, 3.4e38, 0.5, 2, -2, 1e-10, 1e10];

/** A number that a file may hold there and should not: extremes, neighbours, what stands at sites alike. */
export function badValue(random: Random, bytes: Uint8Array, site: Site, alike: readonly Site[]): number {
  const own = read(bytes, site);
  switch (random.below(4)) {
    case 0:
      return read(bytes, random.pick(alike));
    case 1:
      return site.kind === 'float32'
        ? own * random.pick([2, 0.5, 1.01, -1, 1e3])
        : own + random.pick([1, -1, 2, -2, 4, -4, 8, 100, own, -2 * own]);
    default:
      return site.kind === 'float32' ? random.pick(REAL) : random.pick(WHOLE);
  }
}
