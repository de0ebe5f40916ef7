import { formatShape, inputError, type Shape, stridesOf, type Tensor } from '../../core/index.js';
import { positions } from './positions.js';

export interface ReduceAttributes {
  /** Dimensions to reduce; negative ones count from the end. */
  readonly axes: readonly number[];
  /** Whether the reduced dimensions stay, with size 1. */
  readonly keepDims: boolean;
}

/** Which dimensions of `shape` are reduced. @throws QpannError for an axis that it does not have. */
export function reducedDimensions(shape: Shape, axes: readonly number[]): boolean[] {
  const reduced = shape.map(() => false);
  for (const axis of axes) {
    const dimension = axis < 0 ? axis + shape.length : axis;
    if (reduced[dimension] === undefined)
      throw inputError(`reduces axis ${axis} of an input of shape ${formatShape(shape)}`);
    reduced[dimension] = true;
  }
  return reduced;
}

/** Output shape of a reduction. */
export function reducedShape({ shape }: Tensor, { axes, keepDims }: ReduceAttributes): number[] {
  const reduced = reducedDimensions(shape, axes);
  return keepDims
    ? shape.map((size, dimension) => (reduced[dimension] ? 1 : size))
    : shape.filter((_, dimension) => !reduced[dimension]);
}

/** What one output element reads: the input elements at `bases[output] + offset`, offsets in memory order. */
export interface Reduction {
  readonly bases: Int32Array;
  readonly offsets: Int32Array;
}

/** The input elements of every output element of a reduction. */
export function reductionOf({ shape }: Tensor, { axes }: ReduceAttributes): Reduction {
  const reduced = reducedDimensions(shape, axes);
  const strides = stridesOf(shape);
  return {
    bases: positions(
      shape.map((size, dimension) => (reduced[dimension] ? 1 : size)),
      strides,
    ),
    offsets: positions(
      shape.map((size, dimension) => (reduced[dimension] ? size : 1)),
      strides,
    ),
  };
}
