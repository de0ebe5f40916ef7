import { elementCount, type Shape, stridesOf } from '../../core/index.js';

/**
 * Where each element of a block lies in a tensor: `start` + Σ index·stride, in the block's row-major order. `indices[d]` are
 * the block's along dimension d, `strides` are the tensor's.
 */
export function positionsOf(
  indices: readonly ArrayLike<number>[],
  strides: readonly number[],
  start = 0,
): Int32Array {
  let result = Int32Array.of(start);
  indices.forEach((list, dimension) => {
    const size = list.length;
    const stride = strides[dimension]!;
    const inner = new Int32Array(result.length * size);
    for (let i = 0; i < inner.length; i++)
      inner[i] = result[Math.floor(i / size)]! + list[i % size]! * stride;
    result = inner;
  });
  return result;
}

/** As `positionsOf`, for a block of this shape with all indices from 0 on. */
export const positions = (shape: Shape, strides: readonly number[], start = 0): Int32Array =>
  positionsOf(
    shape.map((size) => Int32Array.from({ length: size }, (_, i) => i)),
    strides,
    start,
  );

/** In a table of sources: no element. */
export const NONE = -1;

/** [before, after] of a dimension. */
export type Border = readonly [number, number];

/** A shape with its padding. */
export const paddedShape = (shape: Shape, paddings: readonly Border[]): number[] =>
  shape.map((size, dimension) => size + paddings[dimension]![0] + paddings[dimension]![1]);

/** For each element of a padded tensor the index of the unpadded one's element, or `NONE`. */
export function paddedSources(shape: Shape, paddings: readonly Border[]): Int32Array {
  const padded = paddedShape(shape, paddings);
  const strides = stridesOf(padded);
  const start = paddings.reduce((sum, [before], dimension) => sum + before * strides[dimension]!, 0);
  const sources = new Int32Array(elementCount(padded)).fill(NONE);
  positions(shape, strides, start).forEach((position, source) => {
    sources[position] = source;
  });
  return sources;
}
