import {
  elementCount,
  formatShape,
  inputError,
  type NumericsProfile,
  type Source,
  type Tensor,
} from '../../core/index.js';
import { OPTIONS } from '../../formats/tflite/index.js';
import { addNode, isWhole, MAX_INTEGERS, type OperatorNodes } from './nodes.js';
import type { OperatorContext } from './operator.js';
import { readOptions } from './options.js';
import type { FileOperator } from './schema.js';
import { type FileTensors, shownName } from './tensors.js';

/** What an import has found so far. */
export interface Progress {
  readonly file: FileTensors;
  readonly numerics: NumericsProfile;
  /** The graph's tensors by name. */
  readonly tensors: Map<string, Tensor>;
  /** Indices of the tensors that have been written. */
  readonly ready: Set<number>;
  /** What operators write and what is known already, by tensor index: constants that the file does not have. */
  readonly known: Map<number, Tensor>;
}

/** What a decoder asked for. */
export interface Use {
  /** Inputs up to this one, not included. */
  inputs: number;
  /** Outputs that it wrote. */
  readonly outputs: Set<number>;
}

/** An operator as its decoder sees it. Nodes go to `found`, everything else that it learns to the progress. */
export function operatorContext(
  { inputs, outputs, optionsType, options }: FileOperator,
  source: Source,
  where: string,
  { file, numerics: profile, tensors, ready, known }: Progress,
  found: OperatorNodes,
  used: Use,
): OperatorContext {
  const fail = (message: string): never => {
    throw inputError(`${where}: ${message}`);
  };
  const has = (input: number): boolean => {
    used.inputs = Math.max(used.inputs, input + 1);
    return (inputs[input] ?? -1) !== -1;
  };
  const indexOf = (input: number): number => (has(input) ? inputs[input]! : fail(`lacks input ${input}`));
  const shown = (index: number): string => shownName(file.nameOf(index));
  const get = (index: number): Tensor =>
    known.get(index) ?? tensors.get(file.nameOf(index)) ?? file.convert(index, where);
  const hasData = (index: number): boolean => get(index).data !== undefined;

  const requireScale = (tensor: Tensor): Tensor => {
    const { name, dtype, quantization } = tensor;
    if (dtype === 'float32' || quantization?.axis === null) return tensor;
    return fail(
      quantization === undefined
        ? `tensor ${shownName(name)} is ${dtype} without a scale; only quantized integers and float32 are supported`
        : `tensor ${shownName(name)} has several scales; only weights may`,
    );
  };
  /** A tensor whose values are there when the operator runs. */
  const any = (input: number): Tensor => {
    const index = indexOf(input);
    file.describe(index, where);
    if (!ready.has(index) && !hasData(index))
      return fail(`reads ${shown(index)}, which is not written before it`);
    return get(index);
  };
  const value = (input: number): Tensor => {
    const tensor = any(input);
    if (isWhole(tensor))
      return fail(`computes on ${tensor.dtype}; float32, int8, uint8 and int16 are supported`);
    return requireScale(tensor);
  };
  const ofOutputType = (tensor: Tensor): Tensor =>
    tensor.dtype === context.output.dtype
      ? tensor
      : fail(`reads ${tensor.dtype} and writes ${context.output.dtype}, which is not supported`);
  const outputIndex = (output: number): number => {
    const index = outputs[output] ?? fail(`lacks output ${output}`);
    return file.describe(index, where).index;
  };
  const outputAt = (output: number): Tensor => file.convert(outputIndex(output), where);
  const finish = (output: number): number => {
    const index = outputIndex(output);
    if (ready.has(index) || known.has(index) || file.isConstant(index))
      return fail(`its output ${shown(index)} has a value already`);
    used.outputs.add(output);
    return index;
  };
  let first: Tensor | undefined;
  const context: OperatorContext = {
    profile,
    inputCount: inputs.length,
    outputCount: outputs.length,
    hasOptions: optionsType !== 0 && options !== null,
    get output() {
      first ??= outputAt(0);
      return first;
    },
    fail,
    has,
    any,
    value,
    options(kind) {
      if (optionsType !== 0 && optionsType !== OPTIONS[kind].code)
        return fail(`has options of type ${optionsType}, not ${kind}`);
      return readOptions(kind, optionsType === 0 ? null : options);
    },
    sameType(input) {
      requireScale(context.output);
      return ofOutputType(value(input));
    },
    sameTypeOrWhole(input) {
      const tensor = any(input);
      return ofOutputType(isWhole(tensor) ? tensor : requireScale(tensor));
    },
    isConstant(input) {
      const index = indexOf(input);
      file.describe(index, where);
      return known.has(index) || file.isConstant(index);
    },
    constant(input) {
      const index = indexOf(input);
      const isReal = context.output.dtype === 'float32' && !known.has(index) && file.isConstant(index);
      const tensor = isReal ? file.real(index, where) : get(index);
      return tensor.data === undefined
        ? fail(`takes ${shown(index)} as weights, which is not a constant`)
        : tensor;
    },
    integers(input) {
      const index = indexOf(input);
      const tensor = get(index);
      const { shape, data } = tensor;
      if (data === undefined || !isWhole(tensor))
        return fail(`needs whole numbers that are known in advance as input ${input}`);
      return data.length <= MAX_INTEGERS
        ? { shape, values: Array.from(data, Number) }
        : fail(`has ${data.length} numbers as input ${input}`);
    },
    emit(op, attributes, operands, { output = 0, stage, numerics, plain } = {}) {
      if (stage !== undefined) {
        const target = { ...operands[0]!, name: file.freshName(`${source.name}/${stage}`) };
        return addNode(
          found,
          { op, attributes, inputs: operands, target, hasShape: false, numerics },
          source,
          where,
          fail,
        );
      }
      const index = finish(output);
      const written = outputAt(output);
      const target = plain || isWhole(written) ? written : requireScale(written);
      const { shape, shapeSignature } = file.describe(index, where);
      // Sizes that vary, and shapes of an unknown rank, agree with all.
      const hasShape = shape.length > 0 && !shapeSignature.includes(-1);
      const result = addNode(
        found,
        { op, attributes, inputs: operands, target, hasShape, numerics },
        source,
        where,
        fail,
      );
      if (result.data === undefined) ready.add(index);
      else known.set(index, result);
      return result;
    },
    know(data) {
      const index = finish(0);
      const { shape } = context.output;
      if (elementCount(shape) !== data.length)
        return fail(`has shape ${formatShape(shape)} in the file for ${data.length} values`);
      known.set(index, { ...context.output, data });
    },
  };
  return context;
}
