import { elementCount, formatShape, inputError, type Shape, stridesOf } from '../core/index.js';
import { defineOp } from './define.js';
import { requireBlocks } from './support/blocks.js';
import { forEveryDType, move } from './support/move.js';
import { type Border, paddedShape, paddedSources, positions } from './support/positions.js';

export interface SpaceToBatchAttributes {
  /** Size of a block along each dimension after the batch. */
  readonly blockShape: readonly number[];
  /** [before, after] of each of these dimensions. */
  readonly paddings: readonly Border[];
}

/** The paddings of all dimensions. */
const allPaddings = (shape: Shape, { paddings }: SpaceToBatchAttributes): readonly Border[] =>
  shape.map((_, dimension) => paddings[dimension - 1] ?? [0, 0]);

/** TensorFlow Lite kernels/internal/reference/space_to_batch_nd.h: pads with the integer that stands for 0. */
const kernel = move<SpaceToBatchAttributes>(({ inputs: [input], attributes }) => {
  const { blockShape } = attributes;
  const paddings = allPaddings(input!.shape, attributes);
  const sources = paddedSources(input!.shape, paddings);
  const padded = paddedShape(input!.shape, paddings);
  const strides = stridesOf(padded);
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
    const padded = paddedShape(input!.shape, allPaddings(input!.shape, attributes));
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
