import { inputError, type Tensor } from '../../core/index.js';
import { EMPTY_TABLE } from './flatbuffer.js';
import { OPTIONS_CODES, type OperatorContext } from './operator.js';
import type { FileOperator } from './schema.js';
import { type FileTensors, type Integers, shownName } from './tensors.js';

/** What an import has found so far. */
export interface Progress {
  readonly file: FileTensors;
  /** The graph's tensors by name. */
  readonly tensors: Map<string, Tensor>;
  /** Indices of the tensors that have been written. */
  readonly ready: Set<number>;
  /** Whole numbers that operators compute and that are known already, by tensor index. */
  readonly known: Map<number, Integers>;
}

/** Most whole numbers that an operator takes as one attribute. */
const MAX_INTEGERS = 64;

/** An operator as its decoder sees it. */
export function operatorContext(
  { inputs, outputs, optionsType, options }: FileOperator,
  where: string,
  { file, tensors, ready, known }: Progress,
): OperatorContext {
  const fail = (message: string): never => {
    throw inputError(`${where}: ${message}`);
  };
  const has = (input: number): boolean => (inputs[input] ?? -1) !== -1;
  const indexOf = (input: number): number => (has(input) ? inputs[input]! : fail(`lacks input ${input}`));
  const shown = (index: number): string => shownName(file.nameOf(index));
  const get = (index: number): Tensor => tensors.get(file.nameOf(index)) ?? file.convert(index, where);

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
  const present = (input: number): Tensor => {
    const index = indexOf(input);
    file.describe(index, where);
    if (!ready.has(index) && !file.isConstant(index))
      return fail(`reads ${shown(index)}, which is not written before it`);
    return get(index);
  };
  const value = (input: number): Tensor => {
    const tensor = present(input);
    if (tensor.dtype === 'int32' || tensor.dtype === 'int64')
      return fail(`computes on ${tensor.dtype}; float32, int8 and int16 are supported`);
    return requireScale(tensor);
  };
  let written: Tensor | undefined;
  const context: OperatorContext = {
    inputCount: inputs.length,
    get output() {
      written ??= requireScale(file.convert(outputs[0]!, where));
      return written;
    },
    fail,
    has,
    value,
    options(kind) {
      if (optionsType === 0) return EMPTY_TABLE;
      return optionsType === OPTIONS_CODES[kind]
        ? options
        : fail(`has options of type ${optionsType}, not ${kind}`);
    },
    sameType(input) {
      const tensor = value(input);
      return tensor.dtype === context.output.dtype
        ? tensor
        : fail(`reads ${tensor.dtype} and writes ${context.output.dtype}, which is not supported`);
    },
    constant(input) {
      const index = indexOf(input);
      const tensor = get(index);
      return tensor.data === undefined
        ? fail(`takes ${shown(index)} as weights, which is not a constant`)
        : tensor;
    },
    shapeOf(input) {
      return known.get(indexOf(input))?.shape ?? present(input).shape;
    },
    integers(input) {
      const index = indexOf(input);
      const found = known.get(index) ?? file.integers(index, where);
      if (found === null) return fail(`needs whole numbers that are known in advance as input ${input}`);
      return found.values.length <= MAX_INTEGERS
        ? found
        : fail(`has ${found.values.length} numbers as input ${input}`);
    },
  };
  return context;
}
