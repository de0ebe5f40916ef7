import type { DType, Shape, Tensor } from '../../core/index.js';
import {
  ELEMENT_TYPES,
  FUSED_ACTIVATIONS,
  type Options,
  type OptionsKind,
  PADDINGS,
} from '../../formats/tflite/index.js';
import type { Activation, OPS, Op, OpName, Site } from '../../ops/index.js';

/** A table of options with its values; fields that are left out have the schema's. */
export type EncodedOptions = {
  readonly [K in OptionsKind]: { readonly kind: K; readonly values: Partial<Options<K>> };
}[OptionsKind];

/** A node as a TensorFlow Lite operator, which writes the node's outputs. */
export interface Encoded {
  /** Name in the schema, such as `CONV_2D`. */
  readonly builtin: string;
  /** Lowest version with what the operator needs, as TensorFlow's converter writes it (lite/tools/versioning/op_version.cc). */
  readonly version: number;
  readonly options?: EncodedOptions;
  /** What it reads, constants that the graph does not have among them; the node's inputs when absent. */
  readonly inputs?: readonly Tensor[];
}

/** A node as its encoder sees it. */
export interface EncoderContext<A = unknown> extends Site<A> {
  /** @throws QpannError that names the node: TensorFlow Lite has no such operator. */
  fail(message: string): never;
}

type AttributesOf<N extends OpName> = (typeof OPS)[N] extends Op<infer A, string> ? A : never;

/** Turns a node of an operator into one of TensorFlow Lite. */
export type Encode<N extends OpName> = (context: EncoderContext<AttributesOf<N>>) => Encoded;

/** An encoder for each operator; null for one that TensorFlow Lite does not have. */
export type Encoders = { readonly [N in OpName]: Encode<N> | null };

/** The version for the type of a tensor; 1 for types that are not listed. */
export const versionFor = ({ dtype }: Tensor, versions: Partial<Readonly<Record<DType, number>>>): number =>
  versions[dtype] ?? 1;

/** A constant of whole numbers that an operator reads beside its data, such as axes. */
export const integers = (
  { name }: Tensor,
  what: string,
  values: readonly number[],
  shape: Shape = [values.length],
): Tensor => ({ name: `${name}/${what}`, shape, dtype: 'int32', data: Int32Array.from(values) });

/** Pairs of numbers, [before, after] of some dimensions, as a constant. */
export const pairs = (output: Tensor, what: string, values: readonly (readonly [number, number])[]): Tensor =>
  integers(output, what, values.flat(), [values.length, 2]);

/** Code of an activation that an operator applies to its output. */
export const activationCode = (activation: Activation): number => FUSED_ACTIVATIONS.indexOf(activation);

/** Code of a padding. */
export const paddingCode = (padding: 'same' | 'valid'): number => PADDINGS.indexOf(padding);

/** Code of an element type. */
export const typeCode = (dtype: DType): number => ELEMENT_TYPES.indexOf(dtype);
