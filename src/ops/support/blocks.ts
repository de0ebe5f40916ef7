import { formatShape, inputError, type Shape } from '../../core/index.js';

export interface DepthAttributes {
  /** Height and width of a block, in pixels. */
  readonly blockSize: number;
}

/** Height, width and channels of an NHWC image. @throws QpannError when it is none, or the block is none. */
export function imageOf(
  shape: Shape,
  { blockSize }: DepthAttributes,
): readonly [number, number, number, number] {
  if (shape.length !== 4) throw inputError(`needs an NHWC image, got shape ${formatShape(shape)}`);
  if (!Number.isInteger(blockSize) || blockSize < 1) throw inputError(`has a block size of ${blockSize}`);
  return [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
}

/** A block for each dimension between the batch and the rest, at most as many as the input has of these. */
export function requireBlocks(
  shape: Shape,
  blockShape: readonly number[],
  borders: readonly (readonly number[])[],
): void {
  if (blockShape.length < 1 || blockShape.length >= shape.length || borders.length !== blockShape.length)
    throw inputError(
      `has blocks of ${blockShape.length} and borders of ${borders.length} dimensions for an input of shape ${formatShape(shape)}`,
    );
  if (blockShape.some((size) => !Number.isInteger(size) || size < 1))
    throw inputError(`has blocks of ${formatShape(blockShape)}`);
  if (borders.some((pair) => pair.some((size) => !Number.isInteger(size) || size < 0)))
    throw inputError('has a negative border');
}
