import { elementCount, formatShape, inputError, type Shape, stridesOf } from '../core/index.js';
import { defineOp } from './define.js';
import { requireBlocks } from './support/blocks.js';
import { forEveryDType, move, ZERO } from './support/move.js';
import { positions } from './support/positions.js';

export interface SpaceToBatchAttributes {
  /** Size of a block along each dimension after the batch. */
  readonly blockShape: readonly number[];
  /** [before, after] of each of these dimensions. */
  readonly paddings: readonly (readonly [number, number])[];
}

/** The input's shape with its padding. */
const paddedShape = (shape: Shape, { paddings }: SpaceToBatchAttributes): number[] =>
  shape.map((size, dimension) => {
    const [before, after] = paddings[dimension - 1] ?? [0, 0];
    return size + before + after;
  });

/** TensorFlow Lite kernels/internal/reference/space_to_batch_nd.h: pads with the integer that stands for 0. */
const kernel = move<SpaceToBatchAttributes>(({ inputs: [input], attributes }) => {
  const { blockShape, paddings } = attributes;
  const padded = paddedShape(input!.shape, attributes);
  const strides = stridesOf(padded);
  const start = paddings.reduce((sum, [before], i) => sum + before * strides[i + 1]!, 0);
  const sources = new Int32Array(elementCount(padded)).fill(ZERO);
  positions(input!.shape, strides, start).forEach((position, i) => {
    sources[position] = i;
  });
  const blocked = blockShape.length + 1;
  const [spatial, spatialStrides] = [padded.slice(1, blocked), strides.slice(1, blocked)];
  return positions(
    [...blockShape, padded[0]!, ...spatial.map((size, i) => size / blockShape[i]!), ...padded.slice(blocked)],
    [
      ...spatialStrides,
      strides[0]!,
      ...spatialStrides.map((stride, i) => stride * blockShape[i]!),
      ...strides.slice(blocked),
    ],
  ).map((position) => sources[position]!);
});

/** Pads, then makes an image of each of the places in a block: every block-th pixel. Dilated convolutions are built of it. */
export const spaceToBatchNd = defineOp({
  name: 'space_to_batch_nd',
  inferShapes([input], attributes: SpaceToBatchAttributes) {
    const { blockShape, paddings } = attributes;
    requireBlocks(input!.shape, blockShape, paddings);
    const padded = paddedShape(input!.shape, attributes);
    if (blockShape.some((size, i) => padded[i + 1]! % size !== 0))
      throw inputError(
        `cannot divide the padded ${formatShape(padded)} into blocks of ${formatShape(blockShape)}`,
      );
    return [
      padded.map((size, dimension) =>
        dimension === 0 ? size * elementCount(blockShape) : size / (blockShape[dimension - 1] ?? 1),
      ),
    ];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
