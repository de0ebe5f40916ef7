import { isRecord } from './settings.js';

/** One tensor that a layer reads: which layer gives it, at which of that layer's calls, and which of its outputs. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** One call of a layer: what it reads, and the arguments beside that which change what it computes. */
export interface Call {
  readonly inputs: readonly Reference[];
  /** Both sides of an operator such as x + 3, of which `inputs` are the tensors. */
  readonly operands?: readonly (Reference | number)[];
  readonly otherArguments: readonly string[];
}

const DEEPEST = 6;

/** `["conv1", 0, 0, …]` as a reference, else undefined. */
function referenceOf(value: unknown): Reference | undefined {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return undefined;
  const [layer, call, output] = value as [string, unknown, unknown];
  return typeof call === 'number' && typeof output === 'number' ? { layer, call, output } : undefined;
}

/**
 * The references in a structure of lists and objects, in order: `input_layers` and `output_layers` are one reference,
 * a list of them or an object, depending on the version of Keras.
 * @returns undefined when something else is in it.
 */
export function referencesIn(value: unknown, depth = 0): readonly Reference[] | undefined {
  const reference = referenceOf(value);
  if (reference !== undefined) return [reference];
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return undefined;
  const found = Object.values(value).map((item) => referencesIn(item, depth + 1));
  return found.some((item) => item === undefined) ? undefined : found.flatMap((item) => item!);
}

/** Names of keyword arguments other than those that leave inference as it is. */
const unknownArguments = (keywords: unknown): string[] =>
  isRecord(keywords)
    ? Object.keys(keywords)
        .filter((name) => keywords[name] !== null && name !== 'name')
        .filter((name) => !(name === 'training' && keywords[name] === false))
    : [];

/** A call of an operator. @returns undefined when a side is neither a tensor nor a number. */
function callOfOperator(
  operands: readonly (Reference | number | undefined)[],
  otherArguments: readonly string[],
): Call | undefined {
  const known = operands.filter((operand) => operand !== undefined);
  const inputs = known.filter((operand) => typeof operand === 'object');
  if (known.length !== operands.length || inputs.length === 0) return undefined;
  return { inputs, operands: known, otherArguments };
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** A tensor of Keras 3. */
const keras3Reference = (tensor: unknown): Reference | undefined =>
  isRecord(tensor) && tensor.class_name === '__keras_tensor__' && isRecord(tensor.config)
    ? referenceOf(tensor.config.keras_history)
    : undefined;

/** Keras 3: `{args: [tensor or list of tensors], kwargs}`, each tensor `{class_name: "__keras_tensor__", config}`. */
function callOfKeras3({ args, kwargs }: Readonly<Record<string, unknown>>): Call | undefined {
  if (!Array.isArray(args)) return undefined;
  const [first, ...rest] = args as readonly unknown[];
  const operands = args.map((operand) => keras3Reference(operand) ?? numberOf(operand));
  if (args.length === 2 && operands.every((operand) => operand !== undefined))
    return callOfOperator(operands, unknownArguments(kwargs));
  const tensors: readonly unknown[] = Array.isArray(first) ? first : [first];
  const inputs = tensors.map(keras3Reference);
  if (inputs.length === 0 || inputs.some((input) => input === undefined)) return undefined;
  const positional = rest.flatMap((value, i) => (value === null ? [] : [`argument ${i + 2}`]));
  return {
    inputs: inputs.map((input) => input!),
    otherArguments: [...positional, ...unknownArguments(kwargs)],
  };
}

const CONSTANT = '_CONSTANT_VALUE';

/**
 * Keras 2: a list of `[layer, call, output, keyword arguments]`; one such list for an operator, whose second side is the argument
 * `y` and whose first may be `['_CONSTANT_VALUE', −1, number, …]`.
 */
function callOfKeras2(tensors: readonly unknown[]): Call | undefined {
  const [name, , value, keywords] = tensors;
  if (typeof name === 'string' && isRecord(keywords) && 'y' in keywords) {
    const { y, ...others } = keywords;
    const first = name === CONSTANT ? numberOf(value) : referenceOf(tensors);
    return callOfOperator([first, referenceOf(y) ?? numberOf(y)], unknownArguments(others));
  }
  const entries = typeof tensors[0] === 'string' ? [tensors] : tensors;
  const inputs = entries.map(referenceOf);
  if (inputs.length === 0 || inputs.some((input) => input === undefined)) return undefined;
  return {
    inputs: inputs.map((input) => input!),
    otherArguments: entries.flatMap((entry) => unknownArguments((entry as readonly unknown[])[3])),
  };
}

/** One entry of `inbound_nodes`. @returns undefined when it is in neither form. */
export function callOf(node: unknown): Call | undefined {
  if (Array.isArray(node)) return callOfKeras2(node);
  return isRecord(node) ? callOfKeras3(node) : undefined;
}
