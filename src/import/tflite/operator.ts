import {
  formatShape,
  type Numerics,
  type NumericsProfile,
  type Shape,
  type Tensor,
  type TensorData,
} from '../../core/index.js';
import { FUSED_ACTIVATIONS, type Options, type OptionsKind, PADDINGS } from '../../formats/tflite/index.js';
import type { Activation, OpName } from '../../ops/index.js';

/** Whole numbers that an operator takes as an attribute. */
export interface Integers {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** Where a node's result goes. */
export interface Target {
  /** Which output of the operator the node writes; the first when absent. */
  readonly output?: number;
  /** The node writes an intermediate tensor `<first output>/<stage>`, of the type and quantization of its first input. */
  readonly stage?: string;
  readonly numerics?: Numerics;
  /** The output holds plain numbers, so that integers need no scale. */
  readonly plain?: true;
}

/** What a decoder sees of its operator, and where it puts what the operator becomes. */
export interface OperatorContext {
  /** Whose arithmetic the network is imported for. */
  readonly profile: NumericsProfile;
  /** Number of inputs, optional ones that are left out included. */
  readonly inputCount: number;
  readonly outputCount: number;
  /** The first output as the file describes it; its shape is what the operator says. */
  readonly output: Tensor;
  /** @throws QpannError that names the file and the operator. */
  fail(message: string): never;
  /** Whether the file has options for it; without, those that are read have the values of the schema. */
  readonly hasOptions: boolean;
  /** The options. @throws QpannError when the operator has options of another kind. */
  options<K extends OptionsKind>(kind: K): Options<K>;
  /** Whether an input is given. */
  has(input: number): boolean;
  /** A value of any type, with or without a scale. */
  any(input: number): Tensor;
  /** An activation, or a constant in the place of one. Integers have one scale. */
  value(input: number): Tensor;
  /** An activation of the output's type. */
  sameType(input: number): Tensor;
  /** The same, or whole numbers without a scale. */
  sameTypeOrWhole(input: number): Tensor;
  /** Whether an input is known without running the network. */
  isConstant(input: number): boolean;
  /** A constant that holds weights or biases. Where the operator writes float32 it is float32, dequantized if need be. */
  constant(input: number): Tensor;
  /** Whole numbers that an input holds and that are known without running the network: axes, paddings, shapes. */
  integers(input: number): Integers;
  /** Adds a node. @returns the tensor that it writes. @throws QpannError when the operator cannot work on these inputs. */
  emit(op: OpName, attributes: object, inputs: readonly Tensor[], target?: Target): Tensor;
  /** The operator's output is known: no node is needed. */
  know(data: TensorData): void;
}

/** Turns an operator into nodes. */
export type Decode = (operator: OperatorContext) => void;

/** The activation of code `code`. */
export function activationOf({ fail }: OperatorContext, code: number): Activation {
  const name = FUSED_ACTIVATIONS[code];
  return name === undefined || name === 'tanh' || name === 'sign_bit'
    ? fail(`has a fused activation of code ${code}; none, RELU, RELU6 and RELU_N1_TO_1 are supported`)
    : name;
}

/** Padding of the schema. */
export const paddingOf = ({ fail }: OperatorContext, code: number): 'same' | 'valid' =>
  PADDINGS[code] ?? fail(`has a padding of code ${code}`);

/** Beyond any image. TensorFlow Lite keeps paddings, up to half a window, in 16 bits. */
const MAX_STEP = 2 ** 15;

/** Beyond any image too: with it, sums of sizes stay whole numbers of 32 bits. */
export const MAX_SIZE = 2 ** 20;

/** [height, width] of a window, a stride or a dilation; or of an image, up to `MAX_SIZE`. */
export function pairOf(
  { fail }: OperatorContext,
  what: string,
  height: number,
  width: number,
  most = MAX_STEP,
): readonly [number, number] {
  if (height < 1 || width < 1 || height > most || width > most)
    return fail(`has ${what} of ${height}×${width}`);
  return [height, width];
}

/** Whole numbers of an input that must be a vector. */
export function vectorOf({ integers, fail }: OperatorContext, input: number): readonly number[] {
  const { shape, values } = integers(input);
  return shape.length === 1 ? values : fail(`takes numbers of shape ${formatShape(shape)} as input ${input}`);
}

/** The dimension that `axis` means; a negative one counts from the end. */
export function dimensionOf({ fail }: OperatorContext, axis: number, rank: number): number {
  const dimension = axis < 0 ? axis + rank : axis;
  return dimension >= 0 && dimension < rank ? dimension : fail(`refers to axis ${axis} of ${rank}`);
}
