import { Builder } from 'flatbuffers';
import type { Quantization, Shape } from '../../core/index.js';
import { BUILTINS, fieldsOf, OPTIONS } from '../../formats/tflite/index.js';
import type { EncodedOptions } from './encode.js';

/** A tensor as the file describes it. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: Shape;
  /** Code of the element type. */
  readonly type: number;
  /** Index among the buffers; 0 for a tensor that is computed. */
  readonly buffer: number;
  readonly quantization?: Quantization;
}

/** An operator as the file describes it; tensors are indices. */
export interface WrittenOperator {
  readonly builtin: string;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: EncodedOptions;
}

/** What a file holds: one subgraph. */
export interface WrittenModel {
  readonly name: string;
  readonly tensors: readonly WrittenTensor[];
  readonly operators: readonly WrittenOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Values of constants; the first one is empty. */
  readonly buffers: readonly Uint8Array[];
}

const SCHEMA_VERSION = 3;
/** The newest code that the older one-byte field of operator codes can say. */
const LARGEST_OLD_CODE = 127;
/** TensorFlow Lite reads constants in place, some of them with vector instructions. */
const BUFFER_ALIGNMENT = 16;

/** The bytes of a file, schema v3 of TensorFlow Lite. The same model gives the same bytes. */
export function writeModel(model: WrittenModel): Uint8Array {
  const builder = new Builder(model.buffers.reduce((sum, { length }) => sum + length, 65536));
  const write = tableWriter(builder);
  const codes: { readonly builtin: string; readonly version: number }[] = [];
  const codeIndex = ({ builtin, version }: WrittenOperator): number => {
    const known = codes.findIndex((code) => code.builtin === builtin && code.version === version);
    return known === -1 ? codes.push({ builtin, version }) - 1 : known;
  };

  const buffers = write.tables(model.buffers, (bytes) => {
    const data = bytes.length === 0 ? null : write.bytes(bytes);
    return write.table(1, () => {
      if (data !== null) builder.addFieldOffset(0, data, 0);
    });
  });
  const tensors = write.tables(model.tensors, (tensor) => {
    const name = builder.createString(tensor.name);
    const shape = write.int32s(tensor.shape);
    const quantization = tensor.quantization && writeQuantization(builder, tensor.quantization);
    return write.table(8, () => {
      builder.addFieldOffset(0, shape, 0);
      builder.addFieldInt8(1, tensor.type, 0);
      builder.addFieldInt32(2, tensor.buffer, 0);
      builder.addFieldOffset(3, name, 0);
      if (quantization !== undefined) builder.addFieldOffset(4, quantization, 0);
    });
  });
  const operators = write.tables(model.operators, (operator) => {
    const inputs = write.int32s(operator.inputs);
    const outputs = write.int32s(operator.outputs);
    const options = operator.options && writeOptions(builder, operator.options);
    return write.table(9, () => {
      builder.addFieldInt32(0, codeIndex(operator), 0);
      builder.addFieldOffset(1, inputs, 0);
      builder.addFieldOffset(2, outputs, 0);
      if (options === undefined) return;
      builder.addFieldInt8(3, OPTIONS[operator.options!.kind].code, 0);
      builder.addFieldOffset(4, options, 0);
    });
  });
  const graphName = builder.createString(model.name);
  const inputs = write.int32s(model.inputs);
  const outputs = write.int32s(model.outputs);
  const graph = write.table(5, () => {
    builder.addFieldOffset(0, tensors, 0);
    builder.addFieldOffset(1, inputs, 0);
    builder.addFieldOffset(2, outputs, 0);
    builder.addFieldOffset(3, operators, 0);
    builder.addFieldOffset(4, graphName, 0);
  });
  const graphs = write.tables([graph], (offset) => offset);
  const operatorCodes = write.tables(codes, ({ builtin, version }) => {
    const code = builtinCode(builtin);
    return write.table(4, () => {
      builder.addFieldInt8(0, Math.min(code, LARGEST_OLD_CODE), 0);
      builder.addFieldInt32(2, version, 1);
      builder.addFieldInt32(3, code, 0);
    });
  });
  const description = builder.createString('Written by QPANN.');
  const root = write.table(5, () => {
    builder.addFieldInt32(0, SCHEMA_VERSION, 0);
    builder.addFieldOffset(1, operatorCodes, 0);
    builder.addFieldOffset(2, graphs, 0);
    builder.addFieldOffset(3, description, 0);
    builder.addFieldOffset(4, buffers, 0);
  });
  builder.finish(root, 'TFL3');
  return builder.asUint8Array();
}

function builtinCode(name: string): number {
  const code = BUILTINS.indexOf(name);
  if (code === -1) throw new Error(`there is no builtin operator ${name}`);
  return code;
}

/** Scales and zero points, which are written per channel where there are several. */
function writeQuantization(builder: Builder, { scales, zeroPoints, axis }: Quantization): number {
  builder.startVector(4, scales.length, 4);
  for (const scale of scales.toReversed()) builder.addFloat32(scale);
  const scaleVector = builder.endVector();
  builder.startVector(8, zeroPoints.length, 8);
  for (const zeroPoint of zeroPoints.toReversed()) builder.addInt64(BigInt(zeroPoint));
  const zeroPointVector = builder.endVector();
  builder.startObject(7);
  builder.addFieldOffset(2, scaleVector, 0);
  builder.addFieldOffset(3, zeroPointVector, 0);
  builder.addFieldInt32(6, axis ?? 0, 0);
  return builder.endObject();
}

/** A table of options; fields that have the schema's value are left out. */
function writeOptions(builder: Builder, { kind, values }: EncodedOptions): number {
  const given: Readonly<Record<string, unknown>> = values;
  const fields = Object.entries(fieldsOf(kind)).map(([name, field]) => ({
    ...field,
    value: given[name] ?? field.fallback,
  }));
  const vectors = fields.map(({ type, value }) =>
    type === 'int32s' ? int32Vector(builder, value as readonly number[]) : 0,
  );
  builder.startObject(Math.max(0, ...fields.map(({ id }) => id + 1)));
  fields.forEach(({ id, type, value, fallback }, i) => {
    if (type === 'int32s') builder.addFieldOffset(id, vectors[i]!, 0);
    else if (type === 'float32') builder.addFieldFloat32(id, value as number, fallback as number);
    else if (type === 'int32') builder.addFieldInt32(id, value as number, fallback as number);
    else builder.addFieldInt8(id, Number(value), Number(fallback));
  });
  return builder.endObject();
}

function int32Vector(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addInt32(value);
  return builder.endVector();
}

/** Writes tables and vectors of them; a builder takes elements last first. */
function tableWriter(builder: Builder) {
  return {
    table(fields: number, fill: () => void): number {
      builder.startObject(fields);
      fill();
      return builder.endObject();
    },
    tables<T>(values: readonly T[], write: (value: T) => number): number {
      const offsets = values.map(write);
      builder.startVector(4, offsets.length, 4);
      for (const offset of offsets.reverse()) builder.addOffset(offset);
      return builder.endVector();
    },
    int32s: (values: readonly number[]): number => int32Vector(builder, values),
    bytes(values: Uint8Array): number {
      builder.prep(BUFFER_ALIGNMENT, values.length);
      return builder.createByteVector(values);
    },
  };
}
