import { inputError } from '../../core/index.js';

/*
 * The parts of the HDF5 file format (version 3.0 of its specification) that h5py writes for Keras: superblock 0 and 1,
 * symbol table groups, object headers of version 1. Every walk visits an address once, so no file can make it endless;
 * reads beyond the end throw RangeError.
 */

/** The bytes of a file. */
export interface Bytes {
  readonly view: DataView;
  /** The view's bytes. */
  readonly bytes: Uint8Array;
}

/** One message of an object header: its type and where its data lies. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

/** Types of header messages. */
export const MESSAGE = {
  dataspace: 0x01,
  datatype: 0x03,
  layout: 0x08,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

/** The element type of a dataset or attribute. */
export type Datatype =
  | { readonly kind: 'float32' }
  | { readonly kind: 'fixed text'; readonly size: number }
  | { readonly kind: 'variable text'; readonly size: number }
  | { readonly kind: 'other'; readonly size: number };

const LONGEST_NAME = 4096;
/** The format counts the messages of a header in 16 bits. */
const MOST_MESSAGES = 65535;

/** An address or length of 8 bytes. @throws RangeError for one that no file can have. */
export function address({ view, bytes }: Bytes, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > bytes.length) throw new RangeError(`address ${value} is beyond the end`);
  return Number(value);
}

function expectText({ bytes }: Bytes, at: number, text: string): void {
  if (String.fromCharCode(...bytes.subarray(at, at + text.length)) !== text)
    throw new RangeError(`no ${text} at ${at}`);
}

/** The text up to a zero byte, `limit` bytes at most. */
export function textAt({ bytes }: Bytes, at: number, limit: number): string {
  if (at + limit > bytes.length) throw new RangeError('text reaches beyond the end');
  const field = bytes.subarray(at, at + limit);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Address of the root group's object header. @throws QpannError for a file of a newer format. */
export function rootAddress(file: Bytes, fileName: string): number {
  const version = file.view.getUint8(8);
  const isKnown = version <= 1 && file.view.getUint8(13) === 8 && file.view.getUint8(14) === 8;
  if (!isKnown)
    throw inputError(
      `${fileName}: uses a form of HDF5 that Keras does not write (superblock ${version}); load it in Keras and save it again`,
    );
  const extra = version === 1 ? 4 : 0;
  const end = file.view.getBigUint64(40 + extra, true);
  if (end > file.bytes.length) throw new RangeError(`${file.bytes.length} of ${end} bytes`);
  return address(file, 64 + extra);
}

/** The messages of an object header, its continuations included. */
export function headerMessages(file: Bytes, at: number): Message[] {
  const { view } = file;
  if (view.getUint8(at) !== 1) throw new RangeError(`no object header at ${at}`);
  const messages: Message[] = [];
  const blocks = [{ start: at + 16, size: view.getUint32(at + 8, true) }];
  const seen = new Set<number>();
  for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
    if (seen.has(block.start)) throw new RangeError('an object header contains itself');
    seen.add(block.start);
    const end = block.start + block.size;
    for (let start = block.start; start + 8 <= end; ) {
      const message = {
        type: view.getUint16(start, true),
        size: view.getUint16(start + 2, true),
        at: start + 8,
      };
      if (message.at + message.size > file.bytes.length)
        throw new RangeError('a message reaches beyond the end');
      if (message.type === MESSAGE.continuation)
        blocks.push({ start: address(file, message.at), size: address(file, message.at + 8) });
      else messages.push(message);
      if (messages.length > MOST_MESSAGES) throw new RangeError('an object header is too long');
      start = message.at + message.size;
    }
  }
  return messages;
}

/** Names in a group and the addresses of their object headers, from its symbol table message. */
export function groupMembers(file: Bytes, { at }: Message): ReadonlyMap<string, number> {
  const { view } = file;
  const heap = address(file, at + 8);
  expectText(file, heap, 'HEAP');
  const heapSize = address(file, heap + 8);
  const names = address(file, heap + 24);
  const members = new Map<string, number>();
  const seen = new Set<number>();
  const nodes = [address(file, at)];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (seen.has(node)) throw new RangeError('a group contains itself');
    seen.add(node);
    if (view.getUint8(node) === 0x53) {
      expectText(file, node, 'SNOD');
      const count = view.getUint16(node + 6, true);
      for (let entry = node + 8; entry < node + 8 + count * 40; entry += 40) {
        const offset = address(file, entry);
        const name = textAt(file, names + offset, Math.min(LONGEST_NAME, Math.max(0, heapSize - offset)));
        // Cache type 2 is a soft link, which has no object header.
        if (view.getUint32(entry + 16, true) !== 2) members.set(name, address(file, entry + 8));
      }
    } else {
      expectText(file, node, 'TREE');
      const count = view.getUint16(node + 6, true);
      for (let i = 0; i < count; i++) nodes.push(address(file, node + 32 + i * 16));
    }
  }
  return members;
}

/** Sizes of a dataspace message; [] for a scalar, [0] for one without elements. */
export function dataspaceShape(file: Bytes, at: number): number[] {
  const { view } = file;
  const version = view.getUint8(at);
  const rank = view.getUint8(at + 1);
  if (version === 2 && view.getUint8(at + 3) === 2) return [0];
  const first = at + (version === 2 ? 4 : 8);
  return Array.from({ length: rank }, (_, d) => Number(view.getBigUint64(first + d * 8, true)));
}

/** IEEE 754 binary32, little-endian: class bits and properties as the format writes them. */
const FLOAT32_BITS = [0x20, 0x1f, 0x00];
const FLOAT32_PROPERTIES = [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

/** The element type in a datatype message. */
export function datatypeAt({ view, bytes }: Bytes, at: number): Datatype {
  const kind = view.getUint8(at) & 15;
  const size = view.getUint32(at + 4, true);
  const matches = (start: number, expected: readonly number[]): boolean =>
    expected.every((byte, i) => bytes[start + i] === byte);
  if (kind === 1 && size === 4 && matches(at + 1, FLOAT32_BITS) && matches(at + 8, FLOAT32_PROPERTIES))
    return { kind: 'float32' };
  if (kind === 3) return { kind: 'fixed text', size };
  if (kind === 9 && (view.getUint8(at + 1) & 15) === 1) return { kind: 'variable text', size };
  return { kind: 'other', size };
}

/** Where each object of a global heap collection lies, by its index. */
export function globalHeap(file: Bytes, at: number): ReadonlyMap<number, { at: number; size: number }> {
  const { view } = file;
  expectText(file, at, 'GCOL');
  const end = Math.min(at + address(file, at + 8), file.bytes.length);
  const objects = new Map<number, { at: number; size: number }>();
  for (let start = at + 16; start + 16 <= end; ) {
    const index = view.getUint16(start, true);
    if (index === 0) break;
    const size = address(file, start + 8);
    objects.set(index, { at: start + 16, size });
    start += 16 + Math.ceil(size / 8) * 8;
  }
  return objects;
}
