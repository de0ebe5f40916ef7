import { elementCount, inputError, type Tensor } from '../../core/index.js';

/** Output shape of an operator that works on rows, the last dimension. @throws QpannError for a scalar. */
export function rowsShape({ shape }: Tensor): number[] {
  if (shape.length === 0) throw inputError('needs an input with at least one dimension');
  return [...shape];
}

/** Calls `visit` with the first index of each row of the last dimension and with its length. */
export function forEachRow({ shape }: Tensor, visit: (start: number, depth: number) => void): void {
  const depth = shape.at(-1)!;
  const count = elementCount(shape);
  for (let start = 0; start < count; start += depth) visit(start, depth);
}

/** The largest of `depth` elements from `start`. */
export function largest(x: ArrayLike<number>, start: number, depth: number): number {
  let max = -Infinity;
  for (let i = start; i < start + depth; i++) max = Math.max(max, x[i]!);
  return max;
}
