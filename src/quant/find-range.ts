import { aligned } from '../core/index.js';
import type { Place } from '../engine/index.js';
import { type Range, rangeOf } from './parameters.js';

/** Finds the ends of values that lie in the memory of a place. The same numbers with fast kernels or without. */
export interface RangeFinder {
  /** Smallest and largest of all values; both NaN if there is a NaN. */
  all(values: Float32Array): Range;
  /**
   * Smallest and largest of each channel, both NaN if it holds a NaN; valid until the next call.
   * @param values rows of channels
   */
  ofChannels(values: Float32Array, channels: number): ChannelRanges;
}

/** The ends of every channel. */
export interface ChannelRanges {
  readonly min: Float32Array;
  readonly max: Float32Array;
}

/** Bytes that finding the ends of so many channels takes. */
export const finderBytes = (channels: number): number => aligned(Math.max(1, channels) * 8);

/** A finder that works in `finderBytes` at an offset of the place's memory. */
export function openRangeFinder({ memory, kernels }: Place, offset: number): RangeFinder {
  const pair = new Float32Array(memory.buffer, offset, 2);
  const all = (values: Float32Array): Range => {
    if (kernels === undefined) return rangeOf(values);
    kernels.find_range_float32(offset, values.byteOffset, values.length);
    return { min: pair[0]!, max: pair[1]! };
  };
  return {
    all,
    ofChannels(values, channels) {
      const ends = new Float32Array(memory.buffer, offset, channels * 2);
      const [min, max] = [ends.subarray(0, channels), ends.subarray(channels)];
      min.fill(Infinity);
      max.fill(-Infinity);
      if (kernels !== undefined && channels % 4 === 0)
        kernels.widen_ranges_float32_4(offset, values.byteOffset, values.length / channels, channels);
      else widen(min, max, values);
      return { min, max };
    },
  };
}

function widen(min: Float32Array, max: Float32Array, values: Float32Array): void {
  const channels = min.length;
  for (let i = 0; i < values.length; i += channels)
    for (let c = 0; c < channels; c++) {
      min[c] = Math.min(min[c]!, values[i + c]!);
      max[c] = Math.max(max[c]!, values[i + c]!);
    }
}
