import { elementCount, type Shape, stridesOf } from '../../../core/index.js';
import type { Edge, Pattern } from './pattern.js';

/** A pattern by chance must be less likely than this. */
const CHANCE = 1e-3;
const WIDEST_BORDER = 3;
const MOST_INDICES = 16;

/** Whether so many of the places of a tensor, all within a part of it that was chosen to hold one of them, can be chance. */
const isChance = (share: number, count: number): boolean => share ** (count - 1) > CHANCE;

/** Finds out whether all that differs lies at few indices of the channels (the last dimension) or of the samples (the first). */
export function detectPart(
  shape: Shape,
  differing: Int32Array,
  dimension: 'channel' | 'sample',
): Pattern | null {
  if (shape.length < 2 || differing.length === 0) return null;
  const d = dimension === 'channel' ? shape.length - 1 : 0;
  const [of, stride] = [shape[d]!, stridesOf(shape)[d]!];
  const indices = [...new Set(Array.from(differing, (i) => Math.floor(i / stride) % of))].sort(
    (a, b) => a - b,
  );
  if (indices.length > Math.min(MOST_INDICES, of / 2) || isChance(indices.length / of, differing.length))
    return null;
  return {
    kind: 'part',
    dimension,
    indices,
    of,
    explained: differing.length,
    differing: differing.length,
  };
}

/** Finds out whether all that differs lies near the edges of an image (NHWC), where a window reaches into the padding. */
export function detectBorder(shape: Shape, differing: Int32Array): Pattern | null {
  if (shape.length !== 4 || differing.length === 0) return null;
  const [, height, width, channels] = shape as [number, number, number, number];
  const places = Array.from(differing, (i) => {
    const pixel = Math.floor(i / channels);
    return { row: Math.floor(pixel / width) % height, column: pixel % width };
  });
  for (let border = 1; border <= WIDEST_BORDER; border++) {
    const [rows, columns] = [height - 2 * border, width - 2 * border];
    if (rows < 1 || columns < 1) return null;
    const isInside = (at: number, size: number): boolean => at >= border && at < size - border;
    if (places.some(({ row, column }) => isInside(row, height) && isInside(column, width))) continue;
    if (isChance(1 - (rows * columns) / (height * width), differing.length)) return null;
    const between = places.filter(({ row, column }) => isInside(row, height) || isInside(column, width));
    const edges: readonly (readonly [Edge, boolean])[] = [
      ['top', between.some(({ row }) => row < border)],
      ['bottom', between.some(({ row }) => row >= height - border)],
      ['left', between.some(({ column }) => column < border)],
      ['right', between.some(({ column }) => column >= width - border)],
    ];
    const touched = edges.filter(([, isTouched]) => isTouched).map(([edge]) => edge);
    return {
      kind: 'border',
      width: border,
      edges: touched.length > 0 ? touched : ['top', 'bottom', 'left', 'right'],
      explained: differing.length,
      differing: differing.length,
    };
  }
  return null;
}

/** Positions of the elements at some indices of the channels or samples. */
export function elementsOfPart(
  shape: Shape,
  { dimension, indices }: { readonly dimension: 'channel' | 'sample'; readonly indices: readonly number[] },
): Int32Array {
  const d = dimension === 'channel' ? shape.length - 1 : 0;
  const [of, stride] = [shape[d]!, stridesOf(shape)[d]!];
  const wanted = new Set(indices);
  const all = Int32Array.from({ length: elementCount(shape) }, (_, i) => i);
  return all.filter((i) => wanted.has(Math.floor(i / stride) % of));
}
