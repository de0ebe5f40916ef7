import type { DType, Numerics, QuantizedMultiplier, Shape, Tensor, TensorData } from '../core/index.js';
import type { Border } from './support/positions.js';

/** A clamp that a kernel applies to its own output before it stores it. */
export type Activation = 'none' | 'relu' | 'relu6' | 'relu_n1_to_1';

/** Everything about one node that is known before it runs. */
export interface Site<A> {
  readonly attributes: A;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly numerics: Numerics;
}

/** The memory of one node: views of the one linear memory, so `byteOffset` is the address that a fast kernel uses. */
export interface Buffers {
  readonly inputs: readonly TensorData[];
  readonly outputs: readonly TensorData[];
  /** As many bytes as `plan` asked for; written by `prepare`, read by the run. */
  readonly constants: Uint8Array;
  /** As many bytes as `plan` asked for; holds nothing between runs. */
  readonly scratch: Uint8Array;
}

/** What a kernel needs beside its inputs and outputs. */
export interface KernelPlan {
  readonly constantBytes: number;
  readonly scratchBytes: number;
  /** The output may lie on the first input's memory. */
  readonly inPlace: boolean;
}

/** A real factor and the fixed-point form that a kernel multiplies by. */
export interface Rescale extends QuantizedMultiplier {
  readonly factor: number;
  /** Bits of the multiplier after the binary point; 31 when absent. */
  readonly fractionBits?: number;
}

/**
 * The fixed-point facts of an integer kernel. Its `prepare` takes its numbers from here, and so do golden vectors, so what
 * is published cannot drift from the arithmetic.
 */
export interface Requantization {
  /** What the kernel accumulates in, if it does; `int64` goes with the reduced multiplier of TensorFlow Lite's 16x8. */
  readonly accumulator?: 'int32' | 'int64';
  /**
   * Rescalings by the name of what they rescale, in the order in which they are applied: one for all, or one per output
   * channel. `output` takes the accumulator to the output.
   */
  readonly rescales: Readonly<Record<string, Rescale | readonly Rescale[]>>;
  /** The accumulator is multiplied by the factor in float64 and rounded, halves away from zero; the multiplier is not used. */
  readonly rescaling?: 'float64';
  /** What is subtracted from each data input. */
  readonly inputZeroPoints: readonly number[];
  /** What is subtracted from the weights of each output channel. */
  readonly weightZeroPoints?: readonly number[];
  /** What is added before the clamp. */
  readonly outputZeroPoint: number;
  readonly clamp: { readonly min: number; readonly max: number };
  /** Other integers that the kernel computes with, for example the bits of a left shift. */
  readonly constants?: Readonly<Record<string, number>>;
  readonly tables?: Readonly<Record<string, TensorData>>;
}

/** Receives what an integer kernel computes on the way, one entry per output element. */
export interface Trace {
  /** The accumulator before requantization, bias included. Filled if the kernel's `requantization` names one. */
  readonly accumulators: Float64Array;
  /** The requantized value with the zero point added, before the clamp. */
  readonly beforeClamp: Float64Array;
}

/** Computes the outputs from the inputs bound by `prepare`. Allocates nothing. */
export type Run = (trace?: Trace) => void;

/** An implementation of an operator for one dtype. */
export interface Kernel<A> {
  plan?(site: Site<A>): Partial<KernelPlan>;
  /** The fixed-point facts that `prepare` freezes. Absent where integers are only moved, and in float. */
  requantization?(site: Site<A>): Requantization;
  /**
   * Of a kernel that computes nothing: where each element of the output comes from, as the index of an element of the first input,
   * or `NONE` for the real number 0. Undefined where something else is put in.
   */
  origins?(site: Site<A>): (() => Int32Array) | undefined;
  /** Freezes what does not change between runs (multipliers, tables, packed weights) and binds the buffers. */
  prepare(site: Site<A>, buffers: Buffers): Run;
}

/** Scale and zero point that an operator fixes for its output. */
export interface FixedParameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Hyper-parameters that a recreation config may set for a layer of this operator (thesis 4.3.1). */
export type Flag =
  | 'rounding_div'
  | 'symmetric_weights'
  | 'per_channel_quantization'
  | 'merge_batch_norm'
  | 'merge_relu'
  | 'requantize';

/**
 * How an operator is quantized; lets the passes of `quant` stay free of operator names. Only float32 tensors are: an operator
 * on whole numbers is left alone, and so are labels that it writes.
 */
export interface QuantizationRules {
  /**
   * Where the output's parameters come from: calibration; fixed by the operator, for 8 and for 16 bits (uint8 is int8
   * moved by 128); or shared with the data inputs: those of a single one, while several take the output's calibrated
   * parameters.
   */
  readonly output:
    | 'calibrated'
    | 'shared'
    | { readonly int8: FixedParameters; readonly int16: FixedParameters };
  /** The output's rule with 16-bit activations, where it is another. */
  readonly wideOutput?: 'shared';
  /** Types in which the kernel itself brings inputs of other parameters to the output's, so that they need not be shared. */
  readonly rescales?: readonly DType[];
  /**
   * Weights are input 1 and a bias, if there is one, input 2; `axis` is the dimension of the output channels. With `bias: false`
   * there never is a bias.
   */
  readonly weights?: { readonly axis: number; readonly perChannel: boolean; readonly bias?: false };
  /** Input 1 holds whole numbers that select elements; quantization leaves it alone. */
  readonly indices?: true;
  readonly flags: readonly Flag[];
}

/** One operator: its facts, its evaluation and its cost. Inputs are data first, then weights, then bias. */
export interface Op<A, Name extends string = string> {
  readonly name: Name;
  /** Output shapes. @throws QpannError when inputs or attributes do not fit together. */
  inferShapes(inputs: readonly Tensor[], attributes: A): Shape[];
  /**
   * What the dimensions of inputs and outputs are where the operator says so, a letter each: N batch; H, W; C, I and O
   * channels; 1 a dimension of that size; … any number of dimensions.
   */
  readonly layouts?: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  /** Sizes that follow from shapes and attributes, as a port of the kernel needs them, for example explicit padding. */
  geometry?(inputs: readonly Tensor[], attributes: A): Readonly<Record<string, number | Shape>>;
  /** Multiply-accumulates of weights with activations in one run; elementwise operators have none. */
  macs(inputs: readonly Tensor[], outputs: readonly Tensor[], attributes: A): number;
  /** The borders of all dimensions, where all that the operator does is to put elements around its input that stand for 0. */
  zeroBorders?(site: Site<A>): readonly Border[] | undefined;
  /**
   * The attributes with which the operator puts such borders around its first input itself, and gives the same bits. Undefined
   * where it cannot.
   */
  withBorders?(site: Site<A>, borders: readonly Border[]): A | undefined;
  /** A function of one value, which importers make of a layer's `activation=` argument as well as of a layer. */
  readonly isActivation?: true;
  /**
   * TensorFlow Lite may compute it in the memory of its first input that fits. Its calibrator looks at inputs after the
   * operator has run, so such an input counts with the output's range as well.
   */
  readonly calibratesInPlace?: true;
  /** Absent: TensorFlow's converter leaves the operator in float. */
  readonly quantization?: QuantizationRules;
  /** Reference kernels by the dtype of the first input. */
  readonly kernels: Partial<Readonly<Record<DType, Kernel<A>>>>;
}

/** Declares an operator; its name stays a literal type. */
export const defineOp = <A, Name extends string>(op: Op<A, Name>): Op<A, Name> => op;
