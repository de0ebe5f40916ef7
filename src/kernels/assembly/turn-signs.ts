import { storeWithin } from './store';

/** The top bit of each byte turned over: uint8 to int8 with a zero point that is 128 less, and back. Output may be the input. */
export function turn_signs_16(input: usize, output: usize, count: i32): void {
  const tops = i8x16.splat(-128);
  for (let i = 0; i < count; i += 16) storeWithin(output, i, count, v128.xor(v128.load(input + i), tops));
}
