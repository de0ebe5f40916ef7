import type { Numerics, Shape, Tensor } from '../../core/index.js';
import type { Activation, OpName } from '../../ops/index.js';
import type { Table } from './flatbuffer.js';
import type { Integers } from './tensors.js';

/** One node of an operator: `op` applied to the value so far, then `others`. */
export interface Step {
  readonly op: OpName;
  readonly attributes: object;
  /** Tensors behind the first input: weights, a bias, further operands. */
  readonly others?: readonly Tensor[];
  readonly numerics?: Numerics;
  /** Names the tensor `<output>/<stage>` when other nodes of the operator follow; the last one writes `<output>`. */
  readonly stage?: string;
}

/** What a decoder sees of its operator. */
export interface OperatorContext {
  /** Number of inputs, optional ones that are left out included. */
  readonly inputCount: number;
  /** The output as the file describes it; its shape is what the operator says. */
  readonly output: Tensor;
  /** @throws QpannError that names the file and the operator. */
  fail(message: string): never;
  /** The table of options. @throws QpannError when the operator has one of another kind. */
  options(kind: OptionsKind): Table;
  /** Whether an input is given. */
  has(input: number): boolean;
  /** An activation, or a constant in the place of one. Integers have one scale. */
  value(input: number): Tensor;
  /** An activation of the output's type. */
  sameType(input: number): Tensor;
  /** A constant that holds weights or biases. */
  constant(input: number): Tensor;
  /** Shape of an input. */
  shapeOf(input: number): Shape;
  /** Whole numbers that an input gives as a constant. */
  integers(input: number): Integers;
}

/** The nodes of an operator, which run one after the other; or what it computes, when that is known already. */
export type Decoded = readonly Step[] | Integers;

/** Turns an operator into nodes. */
export type Decode = (operator: OperatorContext) => Decoded;

/** Codes of the tables of options that are read. */
export const OPTIONS_CODES = {
  Conv2DOptions: 1,
  DepthwiseConv2DOptions: 2,
  Pool2DOptions: 5,
  FullyConnectedOptions: 8,
  SoftmaxOptions: 9,
  ConcatenationOptions: 10,
  AddOptions: 11,
  ReshapeOptions: 17,
  MulOptions: 21,
  ReducerOptions: 27,
  SubOptions: 28,
  SqueezeOptions: 30,
  StridedSliceOptions: 32,
  PackOptions: 59,
  LeakyReluOptions: 75,
} as const;

/** A table of options, by its name in the schema. */
export type OptionsKind = keyof typeof OPTIONS_CODES;

/** ActivationFunctionType of the schema, by code; those that no kernel applies are null. */
const FUSED: readonly (Activation | null)[] = ['none', 'relu', 'relu_n1_to_1', 'relu6', null, null];

/** The activation of code `code`. */
export function activationOf({ fail }: OperatorContext, code: number): Activation {
  return (
    FUSED[code] ??
    fail(`has a fused activation of code ${code}; none, RELU, RELU6 and RELU_N1_TO_1 are supported`)
  );
}

/** Padding of the schema. */
export function paddingOf({ fail }: OperatorContext, code: number): 'same' | 'valid' {
  return code === 0 ? 'same' : code === 1 ? 'valid' : fail(`has a padding of code ${code}`);
}

/** [height, width] of a window, a stride or a dilation. */
export function pairOf(
  { fail }: OperatorContext,
  what: string,
  height: number,
  width: number,
): readonly [number, number] {
  if (height < 1 || width < 1) return fail(`has ${what} of ${height}×${width}`);
  return [height, width];
}

/** The dimension that `axis` means; a negative one counts from the end. */
export function dimensionOf({ fail }: OperatorContext, axis: number, rank: number): number {
  const dimension = axis < 0 ? axis + rank : axis;
  return dimension >= 0 && dimension < rank ? dimension : fail(`refers to axis ${axis} of ${rank}`);
}
