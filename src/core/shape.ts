/** Sizes of a tensor's dimensions, outermost first; images are NHWC. A scalar has shape []. */
export type Shape = readonly number[];

/** Number of elements of a tensor of this shape. */
export const elementCount = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** Most elements of a tensor that an importer takes: 1 GiB of float32. */
export const MAX_ELEMENTS = 2 ** 28;

/** Whether two shapes are equal, dimension by dimension. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, dimension) => size === b[dimension]);

/** Distance in elements between neighbours along each dimension of a row-major tensor. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = strides[d + 1]! * shape[d + 1]!;
  return strides;
}

/** A shape as people write it, for example `1×224×224×3`. */
export const formatShape = (shape: Shape): string => (shape.length === 0 ? 'scalar' : shape.join('×'));
