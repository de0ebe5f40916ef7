import { fieldsOf, OPTIONS, type OptionsKind } from '../../../src/formats/tflite/index.js';
import type { Site, SiteKind } from './site.js';

/** What a field of a table holds. */
type Field =
  | SiteKind
  | { readonly vector: SiteKind }
  | { readonly tables: Fields }
  | { readonly table: Fields }
  /** A table of options, whose kind another field tells. */
  | { readonly options: true };

/** Fields of a table by id: name and content. */
type Fields = Readonly<Record<number, readonly [name: string, content: Field]>>;

const QUANTIZATION: Fields = {
  0: ['min', { vector: 'float32' }],
  1: ['max', { vector: 'float32' }],
  2: ['scale', { vector: 'float32' }],
  3: ['zero_point', { vector: 'uint64' }],
  4: ['details_type', 'uint8'],
  6: ['quantized_dimension', 'int32'],
};
const TENSOR: Fields = {
  0: ['shape', { vector: 'int32' }],
  1: ['type', 'int8'],
  2: ['buffer', 'uint32'],
  3: ['name', { vector: 'uint8' }],
  4: ['quantization', { table: QUANTIZATION }],
  5: ['is_variable', 'uint8'],
  7: ['shape_signature', { vector: 'int32' }],
};
const OPERATOR: Fields = {
  0: ['opcode_index', 'uint32'],
  1: ['inputs', { vector: 'int32' }],
  2: ['outputs', { vector: 'int32' }],
  3: ['builtin_options_type', 'uint8'],
  4: ['builtin_options', { options: true }],
};
const SUBGRAPH: Fields = {
  0: ['tensors', { tables: TENSOR }],
  1: ['inputs', { vector: 'int32' }],
  2: ['outputs', { vector: 'int32' }],
  3: ['operators', { tables: OPERATOR }],
  4: ['name', { vector: 'uint8' }],
};
const MODEL: Fields = {
  0: ['version', 'uint32'],
  1: [
    'operator_codes',
    {
      tables: {
        0: ['deprecated_builtin_code', 'int8'],
        1: ['custom_code', { vector: 'uint8' }],
        2: ['version', 'int32'],
        3: ['builtin_code', 'int32'],
      },
    },
  ],
  2: ['subgraphs', { tables: SUBGRAPH }],
  4: ['buffers', { tables: { 0: ['data', { vector: 'uint8' }] } }],
};

const ELEMENT_BYTES = { int8: 1, uint8: 1, uint16: 2, int32: 4, uint32: 4, uint64: 8, float32: 4, offset: 4 };
const MOST_ELEMENTS = 64;

/** Every number of a whole `.tflite` file: fields, elements of vectors, offsets, lengths, tables of fields. */
export function tfliteSites(bytes: Uint8Array): Site[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sites: Site[] = [];
  const add = (path: string, at: number, kind: SiteKind): void => void sites.push({ path, at, kind });

  const vector = (at: number, kind: SiteKind, path: string): void => {
    add(`${path}.length`, at, 'uint32');
    const count = Math.min(view.getUint32(at, true), MOST_ELEMENTS);
    // Whole numbers in buffers, such as axes and paddings, are of 4 bytes; other values do not mind.
    const wide = path.endsWith('.data') && count % 4 === 0 ? 'int32' : kind;
    const step = ELEMENT_BYTES[wide];
    for (let i = 0; i * step < count * ELEMENT_BYTES[kind]; i++)
      add(`${path}[${i}]`, at + 4 + i * step, wide);
  };
  const field = (at: number, content: Field, path: string, options: OptionsKind | undefined): void => {
    if (typeof content === 'string') {
      add(path, at, content);
      return;
    }
    add(`${path}.offset`, at, 'offset');
    const target = at + view.getUint32(at, true);
    if ('vector' in content) vector(target, content.vector, path);
    else if ('table' in content) table(target, content.table, path);
    else if ('options' in content) table(target, options ? optionFields(options) : {}, path);
    else {
      add(`${path}.length`, target, 'uint32');
      for (let i = 0; i < view.getUint32(target, true); i++) {
        const entry = target + 4 + 4 * i;
        add(`${path}[${i}].offset`, entry, 'offset');
        table(entry + view.getUint32(entry, true), content.tables, `${path}[${i}]`);
      }
    }
  };
  const table = (at: number, fields: Fields, path: string): void => {
    const vtable = at - view.getInt32(at, true);
    add(`${path}.vtable`, at, 'int32');
    add(`${path}.vtable.bytes`, vtable, 'uint16');
    add(`${path}.vtable.table_bytes`, vtable + 2, 'uint16');
    const place = (id: number): number => {
      const entry = 4 + 2 * id;
      return entry + 2 <= view.getUint16(vtable, true) ? view.getUint16(vtable + entry, true) : 0;
    };
    const type = fields === OPERATOR && place(3) > 0 ? view.getUint8(at + place(3)) : 0;
    const options = (Object.keys(OPTIONS) as OptionsKind[]).find((kind) => OPTIONS[kind].code === type);
    for (const [id, [name, content]] of Object.entries(fields)) {
      if (4 + 2 * Number(id) + 2 <= view.getUint16(vtable, true))
        add(`${path}.vtable.${name}`, vtable + 4 + 2 * Number(id), 'uint16');
      if (place(Number(id)) > 0) field(at + place(Number(id)), content, `${path}.${name}`, options);
    }
  };
  add('root.offset', 0, 'offset');
  table(view.getUint32(0, true), MODEL, 'model');
  return sites;
}

function optionFields(kind: OptionsKind): Fields {
  const entries = Object.entries(fieldsOf(kind)).map(([name, { id, type }]) => {
    const content: Field = type === 'int32s' ? { vector: 'int32' } : type === 'bool' ? 'uint8' : type;
    return [id, [name, content]] as const;
  });
  return Object.fromEntries(entries);
}
