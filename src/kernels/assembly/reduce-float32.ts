import { storeWithin } from './store';

/** Codes of the operators, as the bindings pass them. */
const MEAN = 0;
const SUM = 1;
const MAX = 2;

/** `op` is a constant wherever this is inlined. */
@inline
function take(op: i32, value: v128, x: v128): v128 {
  return op === MAX ? f32x4.max(value, x) : f32x4.add(value, x);
}

@inline
function reduce(op: i32, input: usize, outer: i32, count: i32, bytes: i32, output: usize): void {
  const start = f32x4.splat(op === MAX ? -Infinity : 0);
  const divisor = f32x4.splat(<f32>count);
  for (let block = 0; block < outer; block++) {
    let i = 0;
    const end = input + <usize>(count * bytes);
    for (; i + 64 <= bytes; i += 64) {
      let a = start;
      let b = start;
      let c = start;
      let d = start;
      for (let x = input + i; x < end; x += bytes) {
        a = take(op, a, v128.load(x));
        b = take(op, b, v128.load(x, 16));
        c = take(op, c, v128.load(x, 32));
        d = take(op, d, v128.load(x, 48));
      }
      v128.store(output + i, op === MEAN ? f32x4.div(a, divisor) : a);
      v128.store(output + i, op === MEAN ? f32x4.div(b, divisor) : b, 16);
      v128.store(output + i, op === MEAN ? f32x4.div(c, divisor) : c, 32);
      v128.store(output + i, op === MEAN ? f32x4.div(d, divisor) : d, 48);
    }
    for (; i < bytes; i += 16) {
      let a = start;
      for (let x = input + i; x < end; x += bytes) a = take(op, a, v128.load(x));
      storeWithin(output, i, bytes, op === MEAN ? f32x4.div(a, divisor) : a);
    }
    input = end;
    output += bytes;
  }
}

/**
 * Reduces the middle one of three dimensions, float32, elements in memory order: a sum from +0, a maximum from −∞.
 * @param op MEAN, …
 * @param count elements that become one, at most 2^24
 * @param bytes of the innermost dimension
 */
export function reduce_float32_4(
  op: i32,
  input: usize,
  outer: i32,
  count: i32,
  bytes: i32,
  output: usize,
): void {
  if (op === MEAN) reduce(MEAN, input, outer, count, bytes, output);
  else if (op === SUM) reduce(SUM, input, outer, count, bytes, output);
  else reduce(MAX, input, outer, count, bytes, output);
}
