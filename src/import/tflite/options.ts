import { fieldsOf, type Options, type OptionsKind } from '../../formats/tflite/index.js';
import { EMPTY_TABLE, type Table } from './flatbuffer.js';

/** The values of a table of options; those of the schema where the table, or all of it, is left out. */
export function readOptions<K extends OptionsKind>(kind: K, table: Table | null): Options<K> {
  const source = table ?? EMPTY_TABLE;
  const values = Object.entries(fieldsOf(kind)).map(([name, field]) => {
    switch (field.type) {
      case 'bool':
        return [name, source.bool(field.id, field.fallback)];
      case 'int32s':
        return [name, source.int32s(field.id)];
      default:
        return [name, source[field.type](field.id, field.fallback)];
    }
  });
  return Object.fromEntries(values) as Options<K>;
}
