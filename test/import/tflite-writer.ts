import { Builder } from 'flatbuffers';

/** A tensor to write. */
export interface WrittenTensor {
  readonly name?: string;
  readonly shape: readonly number[];
  /** Code of the element type: 0 float32, 2 int32, 3 uint8, 4 int64, 6 bool, 7 int16, 9 int8. */
  readonly type?: number;
  readonly scales?: readonly number[];
  readonly zeroPoints?: readonly number[];
  readonly axis?: number;
  readonly data?: ArrayBufferView;
  readonly isVariable?: boolean;
  /** Where its values are; in a buffer of its own when absent. */
  readonly buffer?: number;
}

/** An operator to write. */
export interface WrittenOperator {
  readonly code: number;
  readonly customName?: string;
  readonly version?: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly optionsType?: number;
  /** Fields of the options by id, numbers of any width or lists of int32. */
  readonly options?: Readonly<Record<number, number | readonly number[]>>;
}

/** A network to write. */
export interface WrittenModel {
  readonly version?: number;
  readonly tensors: readonly WrittenTensor[];
  readonly operators: readonly WrittenOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly subgraphs?: number;
  /** How often the list of operators is repeated, without its bytes. */
  readonly copies?: number;
}

/** Bytes of a `.tflite` file. */
export function writeModel({ version = 3, subgraphs = 1, copies = 1, ...model }: WrittenModel): Uint8Array {
  const builder = new Builder(1024);
  const int32s = (values: readonly number[]): number => {
    builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) builder.addInt32(value);
    return builder.endVector();
  };
  const offsets = (values: readonly number[]): number => {
    builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) builder.addOffset(value);
    return builder.endVector();
  };
  const table = (fields: number, fill: () => void): number => {
    builder.startObject(fields);
    fill();
    return builder.endObject();
  };
  const quantization = ({
    scales = [],
    zeroPoints = scales.map(() => 0),
    axis = 0,
  }: WrittenTensor): number => {
    builder.startVector(4, scales.length, 4);
    for (const scale of [...scales].reverse()) builder.addFloat32(scale);
    const scaleVector = builder.endVector();
    builder.startVector(8, zeroPoints.length, 8);
    for (const zeroPoint of [...zeroPoints].reverse()) builder.addInt64(BigInt(zeroPoint));
    const zeroPointVector = builder.endVector();
    return table(7, () => {
      builder.addFieldOffset(2, scaleVector, 0);
      builder.addFieldOffset(3, zeroPointVector, 0);
      builder.addFieldInt32(6, axis, 0);
    });
  };
  const buffers = model.tensors.map(({ data }) => {
    const bytes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const vector = bytes && builder.createByteVector(bytes);
    return table(1, () => vector && builder.addFieldOffset(0, vector, 0));
  });
  const tensors = model.tensors.map((tensor, index) => {
    const name = builder.createString(tensor.name ?? '');
    const shape = int32s(tensor.shape);
    const parameters = quantization(tensor);
    return table(8, () => {
      builder.addFieldOffset(0, shape, 0);
      builder.addFieldInt8(1, tensor.type ?? 0, 0);
      builder.addFieldInt32(2, tensor.buffer ?? index, 0);
      builder.addFieldOffset(3, name, 0);
      builder.addFieldOffset(4, parameters, 0);
      builder.addFieldInt8(5, tensor.isVariable ? 1 : 0, 0);
    });
  });
  const codes = model.operators.map(({ code, customName = '', version = 1 }) => {
    const name = builder.createString(customName);
    return table(4, () => {
      builder.addFieldInt8(0, Math.min(code, 127), 0);
      builder.addFieldOffset(1, name, 0);
      builder.addFieldInt32(2, version, 1);
      builder.addFieldInt32(3, code, 0);
    });
  });
  const operators = model.operators.map(({ inputs, outputs, optionsType = 0, options = {} }, index) => {
    const inputVector = int32s(inputs);
    const outputVector = int32s(outputs);
    const vectors = Object.entries(options).map(([id, value]) =>
      typeof value === 'number' ? ([id, value, null] as const) : ([id, 0, int32s(value)] as const),
    );
    const optionsTable = table(8, () => {
      for (const [id, value, vector] of vectors)
        if (vector === null) builder.addFieldInt32(Number(id), value, 0);
        else builder.addFieldOffset(Number(id), vector, 0);
    });
    return table(5, () => {
      builder.addFieldInt32(0, index, 0);
      builder.addFieldOffset(1, inputVector, 0);
      builder.addFieldOffset(2, outputVector, 0);
      builder.addFieldInt8(3, optionsType, 0);
      builder.addFieldOffset(4, optionsTable, 0);
    });
  });
  const [tensorVector, operatorVector] = [
    offsets(tensors),
    offsets(Array.from({ length: copies }, () => operators).flat()),
  ];
  const [inputVector, outputVector] = [int32s(model.inputs), int32s(model.outputs)];
  const graph = table(5, () => {
    builder.addFieldOffset(0, tensorVector, 0);
    builder.addFieldOffset(1, inputVector, 0);
    builder.addFieldOffset(2, outputVector, 0);
    builder.addFieldOffset(3, operatorVector, 0);
  });
  const [codeVector, bufferVector] = [offsets(codes), offsets(buffers)];
  const graphVector = offsets(Array.from({ length: subgraphs }, () => graph));
  const root = table(5, () => {
    builder.addFieldInt32(0, version, 0);
    builder.addFieldOffset(1, codeVector, 0);
    builder.addFieldOffset(2, graphVector, 0);
    builder.addFieldOffset(4, bufferVector, 0);
  });
  builder.finish(root, 'TFL3');
  return builder.asUint8Array();
}
