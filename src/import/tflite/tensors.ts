import {
  bytesPerElement,
  type DType,
  elementCount,
  formatShape,
  inputError,
  integerRange,
  MAX_ELEMENTS,
  type Quantization,
  type Shape,
  type Tensor,
  type TensorData,
  viewOf,
} from '../../core/index.js';
import { ELEMENT_TYPES } from '../../formats/tflite/index.js';
import type { FileModel, FileTensor } from './schema.js';
import { halvesToFloats, integersToFloats, unpackedNibbles } from './stored-constants.js';

/** Types of the graph that hold a file's; constants of 4 bits, two in a byte, are unpacked. */
const DTYPES: Readonly<Record<string, DType>> = {
  float32: 'float32',
  int4: 'int8',
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
};

/** Name of an element type, for messages. */
export const typeName = ({ type }: FileTensor): string => ELEMENT_TYPES[type] ?? `type ${type}`;

const MAX_RANK = 8;
const LONGEST_SHOWN = 80;

/** A name for a message: on one line and not endless. */
export const shownName = (name: string): string => name.replace(/\s+/g, ' ').slice(0, LONGEST_SHOWN);

/** The tensors of a file as the graph sees them. */
export interface FileTensors {
  /** The unique name of a tensor. */
  nameOf(index: number): string;
  /** A name like `base` that no tensor has yet. */
  freshName(base: string): string;
  /** The file's description. @throws QpannError that begins with `where` if there is no such tensor. */
  describe(index: number, where: string): FileTensor;
  /** Whether the file holds the tensor's values. */
  isConstant(index: number): boolean;
  /** The tensor of the graph, with its values if it is a constant. @throws QpannError if it is not supported. */
  convert(index: number, where: string): Tensor;
  /** A constant in float32, dequantized if need be; whole numbers stay what they are. @throws QpannError as `convert` */
  real(index: number, where: string): Tensor;
  /** The form in which the file holds what `real` has dequantized, such as `float16`. */
  storedAs(data: TensorData): string | undefined;
}

/** Reads the tensors of a model one by one, as operators ask for them. */
export function fileTensors({ tensors, buffers }: FileModel): FileTensors {
  const freshName = uniqueNames();
  const names = tensors.map(({ name, index }) => freshName(name === '' ? `tensor_${index}` : name));
  const copies = new Map<string, TensorData>();
  const describe = (index: number, where: string): FileTensor => {
    const tensor = tensors[index];
    if (tensor === undefined) throw inputError(`${where}: refers to tensor ${index}, which does not exist`);
    if (buffers[tensor.buffer] === undefined)
      throw inputError(
        `${where}: tensor ${index} has its values in buffer ${tensor.buffer}, which does not exist`,
      );
    return tensor;
  };
  const isConstant = (index: number): boolean => (buffers[tensors[index]?.buffer ?? -1]?.length ?? 0) > 0;

  const valuesOf = (tensor: FileTensor, dtype: DType, shape: Shape, at: string): TensorData => {
    const bytes = buffers[tensor.buffer]!;
    const count = elementCount(shape);
    const type = typeName(tensor);
    const isPacked = type === 'int4';
    if (bytes.length !== (isPacked ? Math.ceil(count / 2) : count * bytesPerElement(dtype)))
      throw wrongLength(at, bytes.length, count, type, shape);
    const key = `${tensor.buffer} ${type} ${count}`;
    const known = copies.get(key);
    if (known !== undefined) return known;
    const data = isPacked ? unpackedNibbles(bytes, count) : alignedView(bytes, dtype, count);
    if (data instanceof Float32Array) finite(data, at);
    copies.set(key, data);
    return data;
  };
  const located = (index: number, where: string): string =>
    `${where}: tensor ${index} ${shownName(names[index]!)}`;

  const convert = (index: number, where: string): Tensor => {
    const tensor = describe(index, where);
    const at = located(index, where);
    const type = typeName(tensor);
    const dtype = DTYPES[type];
    if (dtype === undefined || (type === 'int4' && !isConstant(index)))
      throw inputError(`${at}: is ${type}, which is not supported`);
    const shape = checkedShape(tensor, at);
    const quantization = quantizationOf(tensor, dtype, shape, at);
    return {
      name: names[index]!,
      shape,
      dtype,
      ...(quantization && { quantization }),
      ...(isConstant(index) && { data: valuesOf(tensor, dtype, shape, at) }),
    };
  };
  const reals = new Map<string, Float32Array>();
  const forms = new Map<TensorData, string>();
  let budget = DEQUANTIZATIONS * buffers.reduce((sum, { length }) => sum + length, 0);
  const remember = (key: string, form: string, count: number, compute: () => Float32Array, at: string) => {
    const known = reals.get(key);
    if (known !== undefined) return known;
    budget -= count;
    if (budget < 0) throw inputError(`${at}: is one of many tensors that share their values`);
    const data = finite(compute(), at);
    reals.set(key, data);
    forms.set(data, form);
    return data;
  };

  return {
    nameOf: (index) => names[index]!,
    freshName,
    describe,
    isConstant,
    convert,
    real(index, where) {
      const tensor = describe(index, where);
      const at = located(index, where);
      if (typeName(tensor) === 'float16') {
        const bytes = buffers[tensor.buffer]!;
        const shape = checkedShape(tensor, at);
        const count = elementCount(shape);
        if (bytes.length !== 2 * count) throw wrongLength(at, bytes.length, count, 'float16', shape);
        const data = remember(`${tensor.buffer}`, 'float16', count, () => halvesToFloats(bytes), at);
        return { name: names[index]!, shape, dtype: 'float32', data };
      }
      const { quantization, data, ...facts } = convert(index, where);
      const isReal = facts.dtype === 'float32' || facts.dtype === 'int32' || facts.dtype === 'int64';
      if (isReal || data === undefined) return convert(index, where);
      if (quantization === undefined) throw inputError(`${at}: is ${facts.dtype} without a scale`);
      const { scales, zeroPoints, axis } = quantization;
      const type = typeName(tensor);
      const key = [tensor.buffer, type, axis, scales, zeroPoints, facts.shape].join();
      const form = axis === null ? type : `${type} per channel`;
      const compute = (): Float32Array => integersToFloats(data, facts.shape, quantization);
      return { ...facts, dtype: 'float32', data: remember(key, form, data.length, compute, at) };
    },
    storedAs: (data) => forms.get(data),
  };
}

/** How often all constants of a file may be dequantized; tensors that share bytes could multiply the work. */
const DEQUANTIZATIONS = 4;

const wrongLength = (at: string, bytes: number, count: number, type: string, shape: Shape) =>
  inputError(`${at}: has ${bytes} bytes for ${count} ${type} values of shape ${formatShape(shape)}`);

function finite(data: Float32Array, at: string): Float32Array {
  if (!data.every(Number.isFinite)) throw inputError(`${at}: holds NaN or infinity`);
  return data;
}

/** Gives each name once: a name that is taken gets `_2`, `_3` and so on. */
function uniqueNames(): (base: string) => string {
  const taken = new Map<string, number>();
  return (base) => {
    let name = base;
    while (taken.has(name)) {
      const count = taken.get(base)! + 1;
      taken.set(base, count);
      name = `${base}_${count}`;
    }
    taken.set(name, 1);
    return name;
  };
}

function alignedView(bytes: Uint8Array, dtype: DType, count: number): TensorData {
  const isAligned = bytes.byteOffset % bytesPerElement(dtype) === 0;
  return isAligned
    ? viewOf(dtype, bytes.buffer, bytes.byteOffset, count)
    : viewOf(dtype, new Uint8Array(bytes).buffer, 0, count);
}

function checkedShape({ shape, isVariable, isSparse }: FileTensor, at: string): Shape {
  if (isVariable) throw inputError(`${at}: is a variable; networks with state are not supported`);
  if (isSparse) throw inputError(`${at}: is stored sparsely, which is not supported`);
  if (shape.length > MAX_RANK)
    throw inputError(`${at}: has ${shape.length} dimensions, more than ${MAX_RANK}`);
  if (shape.some((size) => size < 1)) throw inputError(`${at}: has shape ${formatShape(shape)}`);
  if (elementCount(shape) > MAX_ELEMENTS)
    throw inputError(`${at}: has shape ${formatShape(shape)}, more than 2^28 elements`);
  return shape;
}

/** Scales of float tensors mean nothing; tensors without scales have no quantization. */
function quantizationOf(
  { scales, zeroPoints, hasCustomQuantization, quantizedDimension, ...tensor }: FileTensor,
  dtype: DType,
  shape: Shape,
  at: string,
): Quantization | undefined {
  if (dtype === 'float32') return undefined;
  if (hasCustomQuantization) throw inputError(`${at}: has a custom quantization, which is not supported`);
  if (scales.length === 0) return undefined;
  const bits = ELEMENT_TYPES[tensor.type] === 'int4' ? 4 : 8 * bytesPerElement(dtype);
  const signed = dtype !== 'uint8';
  const { min, max } = integerRange(bits, signed);
  if (zeroPoints.length !== scales.length)
    throw inputError(`${at}: has ${scales.length} scales and ${zeroPoints.length} zero points`);
  if (scales.some((scale) => !(scale > 0) || !Number.isFinite(scale)))
    throw inputError(`${at}: has a scale that is not a positive number`);
  if (zeroPoints.some((zeroPoint) => zeroPoint < min || zeroPoint > max))
    throw inputError(`${at}: has a zero point outside ${dtype}`);
  if (dtype === 'int16' && zeroPoints.some((zeroPoint) => zeroPoint !== 0))
    throw inputError(`${at}: is int16 with a zero point, which TensorFlow Lite refuses too`);
  if (scales.length === 1) return { scales, zeroPoints, axis: null, bits, signed };
  if (scales.length !== shape[quantizedDimension])
    throw inputError(
      `${at}: has ${scales.length} scales along dimension ${quantizedDimension} of shape ${formatShape(shape)}`,
    );
  return { scales, zeroPoints, axis: quantizedDimension, bits, signed };
}
