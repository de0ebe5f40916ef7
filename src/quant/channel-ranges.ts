import { aligned, elementCount, type Tensor } from '../core/index.js';
import type { Place } from '../engine/index.js';

/** Channels by which values without channels of their own are taken: the most that divides their number. */
const LANES = [64, 32, 16, 8, 4, 1];

/** Smallest and largest value of every channel of a tensor, over any number of samples. */
export interface ChannelRanges {
  /** Takes the values that the tensor has now. */
  widen(values: Float32Array): void;
  /** Infinity, −Infinity before the first; both NaN once there was one. */
  readonly min: Float32Array;
  readonly max: Float32Array;
}

/**
 * Number of channels to keep ranges of: those of the last axis if `ofEach`, otherwise as many as divide the values, since
 * only their common range counts.
 */
export function channelCount({ shape }: Tensor, ofEach: boolean): number {
  const count = elementCount(shape);
  return ofEach ? shape.at(-1)! : LANES.find((lanes) => count % lanes === 0)!;
}

/** Bytes that the ranges of some channels take. */
export const rangeBytes = (channels: number): number => aligned(channels * 8);

/** Opens ranges at an offset of a place's memory, without a value yet. The same numbers with fast kernels or without. */
export function openChannelRanges(
  { memory, kernels }: Place,
  offset: number,
  channels: number,
): ChannelRanges {
  const range = new Float32Array(memory.buffer, offset, channels * 2);
  const [min, max] = [range.subarray(0, channels), range.subarray(channels)];
  min.fill(Infinity);
  max.fill(-Infinity);
  const widenFast = kernels?.widen_ranges_float32_4;
  return {
    min,
    max,
    widen:
      widenFast !== undefined && channels % 4 === 0
        ? (values) => widenFast(offset, values.byteOffset, values.length / channels, channels)
        : (values) => {
            for (let i = 0; i < values.length; i += channels)
              for (let c = 0; c < channels; c++) {
                min[c] = Math.min(min[c]!, values[i + c]!);
                max[c] = Math.max(max[c]!, values[i + c]!);
              }
          },
  };
}
