import type { Buffers, Kernel, KernelPlan, Run, Site } from '../ops/index.js';

/** The functions of the WebAssembly module, each described where it is written, in `assembly/`. */
export const KERNEL_NAMES = [
  'add_int8_16',
  'add_sums_float64',
  'batch_norm_float32_4',
  'binary_float32_4',
  'binary_int8_8',
  'choice_8_16',
  'conv_float32_4x8',
  'conv_int16_4x8_dot16',
  'conv_int8_4x8_dot16',
  'count_bins_float32',
  'dense_int8_8_dot16',
  'depthwise_3x3_int8_8_dot16',
  'depthwise_5x5_int8_8_dot16',
  'depthwise_float32_4x4',
  'depthwise_float32_8',
  'depthwise_int16_8_dot16',
  'depthwise_int8_8_dot16',
  'dequantize_float32_8',
  'dequantize_int16_8',
  'find_range_float32',
  'lookup_8',
  'max_int8_16',
  'mean_int8_8',
  'move_runs',
  'pool_16',
  'quantize_float32_16',
  'quantize_int16_8',
  'reduce_float32_4',
  'resample_columns_4',
  'resample_rows_16',
  'resize_bilinear_16',
  'softmax_float32_4',
  'softmax_int8',
  'sum_int16_8',
  'sum_noise_float32',
  'sum_noise_int16',
  'sum_noise_int8',
  'sum_squares_float32',
  'total_noise_float32',
  'total_noise_int16',
  'total_noise_int8',
  'total_squares_float32',
  'turn_signs_16',
  'unary_float32_4',
  'widen_ranges_float32_4',
] as const;

/** A function of the WebAssembly module. */
export type KernelName = (typeof KERNEL_NAMES)[number];

/** An instance of the module. Arguments are addresses in its memory, sizes, and numbers. */
export type KernelExports = Readonly<Record<KernelName, (...values: readonly (number | bigint)[]) => void>>;

/** An operator that reads what the one before it writes, and nobody else does. */
export interface Follower {
  readonly op: string;
  readonly site: Site<unknown>;
}

/** A fast implementation of an operator for one dtype: the same bits as the reference kernel, on the same memory. */
export interface FastKernel<A> {
  readonly name: KernelName;
  /** Whether it can compute this node. */
  serves(site: Site<A>, reference: Kernel<A>): boolean;
  plan(site: Site<A>, reference: Kernel<A>, followers?: readonly Follower[]): Partial<KernelPlan>;
  /** Whether it can do the work of followers too, one behind the other, and write only what the last of them writes. */
  absorbs?(site: Site<A>, followers: readonly Follower[]): boolean;
  /** Writes what `plan` asked constants for: packed weights, parameters, tables. Once, however many runs are bound. */
  pack?(site: Site<A>, constants: Uint8Array, reference: Kernel<A>, followers?: readonly Follower[]): void;
  /**
   * Binds the buffers, which lie in the instance's memory; the constants are packed, and parameters of the site need no data.
   * The run fills no trace: the engine runs the reference kernel where one is wanted.
   */
  bind(
    site: Site<A>,
    buffers: Buffers,
    reference: Kernel<A>,
    kernels: KernelExports,
    followers?: readonly Follower[],
  ): Run;
}

/** Bytes behind the last tensor that kernels may read: they load whole registers. */
export const SLACK_BYTES = 64;

/** The compiled module, of one source in two builds: for memory of one thread, and for memory that threads share. */
export interface KernelModules {
  readonly plain: WebAssembly.Module;
  readonly shared: WebAssembly.Module;
}

/** Runs the kernels on a memory. @throws Error if module and memory are not both shared or both plain */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}
