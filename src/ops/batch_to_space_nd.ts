import { elementCount, formatShape, inputError, type Shape, stridesOf } from '../core/index.js';
import { defineOp } from './define.js';
import { requireBlocks } from './support/blocks.js';
import { forEveryDType, move } from './support/move.js';
import { type Border, positions } from './support/positions.js';

export interface BatchToSpaceAttributes {
  /** Size of a block along each dimension after the batch. */
  readonly blockShape: readonly number[];
  /** What is cut off [before, after] along each of these dimensions. */
  readonly crops: readonly Border[];
}

/** The output's shape before it is cropped. */
const uncroppedShape = (shape: Shape, { blockShape }: BatchToSpaceAttributes): number[] =>
  shape.map((size, dimension) =>
    dimension === 0 ? size / elementCount(blockShape) : size * (blockShape[dimension - 1] ?? 1),
  );

/** TensorFlow Lite kernels/internal/reference/batch_to_space_nd.h. */
const kernel = move<BatchToSpaceAttributes>(({ inputs: [input], outputs: [output], attributes }) => {
  const { blockShape, crops } = attributes;
  const uncropped = uncroppedShape(input!.shape, attributes);
  const strides = stridesOf(input!.shape);
  const blockStrides = stridesOf([...blockShape, uncropped[0]! * strides[0]!]);
  const blocked = blockShape.length + 1;
  const sources = positions(
    [
      uncropped[0]!,
      ...blockShape.flatMap((size, i) => [input!.shape[i + 1]!, size]),
      ...uncropped.slice(blocked),
    ],
    [
      strides[0]!,
      ...blockShape.flatMap((_, i) => [strides[i + 1]!, blockStrides[i]!]),
      ...strides.slice(blocked),
    ],
  );
  const uncroppedStrides = stridesOf(uncropped);
  const start = crops.reduce((sum, [before], i) => sum + before * uncroppedStrides[i + 1]!, 0);
  return positions(output!.shape, uncroppedStrides, start).map((position) => sources[position]!);
});

/** Makes one image of several, whose pixels lie side by side in blocks, then crops: undoes `space_to_batch_nd`. */
export const batchToSpaceNd = defineOp({
  name: 'batch_to_space_nd',
  inferShapes([input], attributes: BatchToSpaceAttributes) {
    const { blockShape, crops } = attributes;
    requireBlocks(input!.shape, blockShape, crops);
    const shape = uncroppedShape(input!.shape, attributes).map((size, dimension) => {
      const [before, after] = crops[dimension - 1] ?? [0, 0];
      return size - before - after;
    });
    if (!Number.isInteger(shape[0]) || shape.some((size) => size < 1))
      throw inputError(
        `cannot make blocks of ${formatShape(blockShape)}, cropped, from an input of shape ${formatShape(input!.shape)}`,
      );
    return [shape];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
