import { elementCount, inputError, QpannError, type Shape } from '../../core/index.js';
import {
  address,
  type Bytes,
  dataspaceShape,
  datatypeAt,
  globalHeap,
  groupMembers,
  headerMessages,
  MESSAGE,
  rootAddress,
  textAt,
} from './hdf5-format.js';

/** A dataset, found and not read yet. */
export interface Hdf5Dataset {
  readonly shape: Shape;
  readonly isFloat32: boolean;
  /** The values of a float32 dataset. @throws QpannError when they are compressed or not all in the file. */
  read(): Float32Array;
}

/** What an importer needs of an HDF5 file. Paths are absolute, `/` is the root group. */
export interface Hdf5File {
  /** The strings of an attribute, `[]` for an empty list of any type, undefined if there is none of that name. */
  strings(path: string, attribute: string): readonly string[] | undefined;
  /** The dataset of that path, or undefined. */
  dataset(path: string): Hdf5Dataset | undefined;
}

const SIGNATURE = '\x89HDF\r\n\x1a\n';

/**
 * Opens an HDF5 file as Keras writes it. Nothing that the file says makes a read endless or larger than the file.
 * @throws QpannError when the bytes are no HDF5 file; what it returns throws it where the file is damaged.
 */
export function openHdf5(bytes: Uint8Array, fileName: string): Hdf5File {
  const signature = String.fromCharCode(...bytes.subarray(0, 8));
  if (signature.startsWith('PK\x03\x04'))
    throw inputError(
      `${fileName}: is a zip archive, as a .keras file is; save the model as .h5 with model.save('name.h5')`,
    );
  if (signature !== SIGNATURE)
    throw inputError(`${fileName}: is not an HDF5 file; save the model with model.save('name.h5')`);
  const file: Bytes = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  /** A read beyond the end or at a place where something else lies speaks of a damaged file. */
  const guard = <R>(read: () => R): R => {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof QpannError || !(cause instanceof RangeError)) throw cause;
      throw inputError(`${fileName}: the HDF5 file is damaged or truncated (${cause.message})`, { cause });
    }
  };
  const root = guard(() => rootAddress(file, fileName));
  const headerAt = remembered((at) => headerMessages(file, at));
  const membersAt = remembered((at) => {
    const table = headerAt(at).find(({ type }) => type === MESSAGE.symbolTable);
    return table === undefined ? new Map<string, number>() : groupMembers(file, table);
  });
  const attributesAt = remembered((at) => {
    const messages = headerAt(at).filter(({ type }) => type === MESSAGE.attribute);
    return new Map(messages.map((message) => attributeAt(file, message.at)));
  });
  const heapAt = remembered((at) => globalHeap(file, at));
  const find = (path: string): number | undefined => {
    let at: number | undefined = root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (at === undefined) return undefined;
      at = membersAt(at).get(name);
    }
    return at;
  };
  return {
    strings: (path, name) =>
      guard(() => {
        const at = find(path);
        const attribute = at === undefined ? undefined : attributesAt(at).get(name);
        if (attribute === undefined) return undefined;
        const strings = attributeStrings(file, attribute, heapAt);
        if (strings !== undefined) return strings;
        throw inputError(`${fileName}: attribute ${name} of ${path} holds no text`);
      }),
    dataset: (path) =>
      guard(() => {
        const at = find(path);
        if (at === undefined) return undefined;
        const message = (wanted: number) => headerAt(at).find(({ type }) => type === wanted);
        const layout = message(MESSAGE.layout);
        const dataspace = message(MESSAGE.dataspace);
        const datatype = message(MESSAGE.datatype);
        if (layout === undefined || dataspace === undefined || datatype === undefined) return undefined;
        const shape = dataspaceShape(file, dataspace.at);
        return {
          shape,
          isFloat32: datatypeAt(file, datatype.at).kind === 'float32',
          read: () => guard(() => readFloats(file, layout.at, elementCount(shape), `${fileName}: ${path}`)),
        };
      }),
  };
}

/** A function that computes each result once. */
function remembered<R>(compute: (at: number) => R): (at: number) => R {
  const results = new Map<number, R>();
  return (at) => {
    const known = results.get(at);
    if (known !== undefined) return known;
    const result = compute(at);
    results.set(at, result);
    return result;
  };
}

interface Attribute {
  readonly datatypeAt: number;
  readonly shape: Shape;
  readonly dataAt: number;
}

/** The name of an attribute, and where it keeps what. */
function attributeAt(file: Bytes, at: number): readonly [string, Attribute] {
  const version = file.view.getUint8(at);
  const sizes = [2, 4, 6].map((offset) => file.view.getUint16(at + offset, true));
  // Version 1 pads each part to 8 bytes; version 3 has a byte for the character set.
  const [nameSize, typeSize, spaceSize] = sizes.map((size) =>
    version === 1 ? Math.ceil(size / 8) * 8 : size,
  );
  const nameAt = at + (version === 3 ? 9 : 8);
  const typeAt = nameAt + nameSize!;
  return [
    textAt(file, nameAt, sizes[0]!),
    {
      datatypeAt: typeAt,
      shape: dataspaceShape(file, typeAt + typeSize!),
      dataAt: typeAt + typeSize! + spaceSize!,
    },
  ];
}

function attributeStrings(
  file: Bytes,
  { datatypeAt: typeAt, shape, dataAt }: Attribute,
  heapAt: (at: number) => ReturnType<typeof globalHeap>,
): string[] | undefined {
  const count = elementCount(shape);
  if (count === 0) return [];
  const datatype = datatypeAt(file, typeAt);
  if (datatype.kind !== 'fixed text' && datatype.kind !== 'variable text') return undefined;
  const { size } = datatype;
  if (size === 0 || count * size > file.bytes.length)
    throw new RangeError('an attribute is larger than the file');
  let total = 0;
  return Array.from({ length: count }, (_, i) => {
    const at = dataAt + i * size;
    if (datatype.kind === 'fixed text') return textAt(file, at, size);
    const length = file.view.getUint32(at, true);
    if (length === 0) return '';
    const object = heapAt(address(file, at + 4)).get(file.view.getUint32(at + 12, true));
    total += length;
    if (object === undefined || length > object.size || total > file.bytes.length)
      throw new RangeError('a text is not in its heap');
    return textAt(file, object.at, length);
  });
}

/** Float32 values by a data layout message: contiguous in the file or within the message. */
function readFloats(file: Bytes, at: number, count: number, where: string): Float32Array {
  const { view, bytes } = file;
  const version = view.getUint8(at);
  const layoutClass = view.getUint8(at + 1);
  if (version < 3 || version > 4 || layoutClass > 1)
    throw inputError(`${where} is stored in chunks or compressed; load the model in Keras and save it again`);
  const isCompact = layoutClass === 0;
  const start = isCompact ? at + 4 : address(file, at + 2);
  const size = isCompact ? view.getUint16(at + 2, true) : address(file, at + 10);
  if (size < count * 4 || start + count * 4 > bytes.length)
    throw new RangeError('values reach beyond the end');
  // A copy, since values in the file need not be aligned.
  return new Float32Array(new Uint8Array(bytes.subarray(start, start + count * 4)).buffer);
}
