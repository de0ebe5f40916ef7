import { formatShape, inputError, type Tensor } from '../../core/index.js';
import type { Pair } from './window.js';

/** Attributes of the operators that make an image of another size. */
export interface ResizeAttributes {
  /** [height, width] of the output. */
  readonly size: Pair;
  /** Whether the centres of the corner pixels stay where they are. */
  readonly alignCorners: boolean;
  /** Whether pixels lie at the centres of their squares, not at corners of a grid. */
  readonly halfPixelCenters: boolean;
}

export type Image = readonly [batches: number, height: number, width: number, channels: number];

/** Output shape of a resize. @throws QpannError when the input is no image or the output has no pixels. */
export function resizedShape({ shape }: Tensor, { size }: ResizeAttributes): Image {
  if (shape.length !== 4) throw inputError(`needs an NHWC image, got shape ${formatShape(shape)}`);
  if (size.some((length) => !Number.isInteger(length) || length < 1))
    throw inputError(`resizes to ${size.join('×')}`);
  return [shape[0]!, size[0], size[1], shape[3]!];
}
