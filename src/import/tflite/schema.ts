import { inputError } from '../../core/index.js';
import { builtinName, CUSTOM_CODE } from '../../formats/tflite/index.js';
import { EMPTY_TABLE, rootTable, type Table } from './flatbuffer.js';

/** A tensor as the file describes it. */
export interface FileTensor {
  readonly index: number;
  /** As in the file: possibly empty, possibly the name of others too. */
  readonly name: string;
  readonly shape: readonly number[];
  /** With −1 for sizes that vary; empty when none do. */
  readonly shapeSignature: readonly number[];
  /** Code of the element type. */
  readonly type: number;
  /** Index of its values among the buffers. */
  readonly buffer: number;
  readonly isVariable: boolean;
  readonly isSparse: boolean;
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly hasCustomQuantization: boolean;
  readonly quantizedDimension: number;
}

/** An operator as the file describes it. */
export interface FileOperator {
  readonly index: number;
  /** Builtin name, or the name of a custom operator. */
  readonly name: string;
  readonly isCustom: boolean;
  readonly version: number;
  /** Tensor indices; −1 for an optional input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Code of the table of options; 0 without options. */
  readonly optionsType: number;
  readonly options: Table | null;
}

/** What the importer reads of a `.tflite` file. */
export interface FileModel {
  readonly name: string;
  readonly tensors: readonly FileTensor[];
  readonly operators: readonly FileOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The bytes of each buffer, views of the file; empty for tensors that are computed. */
  readonly buffers: readonly Uint8Array[];
}

const SCHEMA_VERSION = 3;

/** Reads the tables of a `.tflite` file. @throws QpannError that names the file when it is damaged or of another kind. */
export function readModel(bytes: Uint8Array, fileName: string): FileModel {
  const model = rootTable(bytes, 'TFL3', fileName);
  const version = model.uint32(0);
  if (version !== SCHEMA_VERSION)
    throw inputError(`${fileName}: has schema version ${version}; version ${SCHEMA_VERSION} can be imported`);
  const codes = model.tables(1).map(operatorCode);
  const subgraphs = model.tables(2);
  const [graph] = subgraphs;
  if (graph === undefined || subgraphs.length !== 1)
    throw inputError(`${fileName}: has ${subgraphs.length} subgraphs; models with one can be imported`);
  return {
    name: graph.text(4),
    tensors: graph.tables(0).map(fileTensor),
    operators: graph.tables(3).map((table, index) => fileOperator(table, index, codes, fileName)),
    inputs: graph.int32s(1),
    outputs: graph.int32s(2),
    buffers: model.tables(4).map((buffer, index) => bufferBytes(buffer, index, fileName)),
  };
}

type OperatorCode = Pick<FileOperator, 'name' | 'isCustom' | 'version'>;

function operatorCode(table: Table): OperatorCode {
  const code = Math.max(table.int8(0), table.int32(3));
  const isCustom = code === CUSTOM_CODE;
  return { name: isCustom ? table.text(1) : builtinName(code), isCustom, version: table.int32(2, 1) };
}

function fileOperator(
  table: Table,
  index: number,
  codes: readonly OperatorCode[],
  fileName: string,
): FileOperator {
  const code = codes[table.uint32(0)];
  if (code === undefined)
    throw inputError(`${fileName}: is damaged: operator ${index} has no entry in the table of operators`);
  return {
    index,
    ...code,
    inputs: table.int32s(1),
    outputs: table.int32s(2),
    optionsType: table.uint8(3),
    options: table.table(4),
  };
}

function fileTensor(table: Table, index: number): FileTensor {
  const quantization = table.table(4) ?? EMPTY_TABLE;
  return {
    index,
    name: table.text(3),
    shape: table.int32s(0),
    shapeSignature: table.int32s(7),
    type: table.int8(1),
    buffer: table.uint32(2),
    isVariable: table.bool(5),
    isSparse: table.has(6),
    scales: quantization.float32s(2),
    zeroPoints: quantization.int64s(3).map(Number),
    hasCustomQuantization: quantization.uint8(4) !== 0,
    quantizedDimension: quantization.int32(6),
  };
}

function bufferBytes(buffer: Table, index: number, fileName: string): Uint8Array {
  if (buffer.uint64(1) > 1n)
    throw inputError(
      `${fileName}: keeps buffer ${index} outside its tables; such large files are not supported`,
    );
  return buffer.bytes(0);
}
