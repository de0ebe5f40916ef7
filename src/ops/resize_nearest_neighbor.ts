import { roundHalfAwayFromZero, stridesOf } from '../core/index.js';
import { defineOp } from './define.js';
import { move } from './support/move.js';
import { positionsOf } from './support/positions.js';
import { type ResizeAttributes, resizedShape } from './support/resize.js';

/** For each output row or column the input's that it copies. Every step rounds to float32. */
function nearest(
  inputSize: number,
  outputSize: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): Int32Array {
  const scale =
    alignCorners && outputSize > 1
      ? Math.fround((inputSize - 1) / (outputSize - 1))
      : Math.fround(inputSize / outputSize);
  const round = alignCorners ? roundHalfAwayFromZero : Math.floor;
  return Int32Array.from({ length: outputSize }, (_, position) => {
    const centre = halfPixelCenters ? position + 0.5 : position;
    return Math.min(round(Math.fround(Math.fround(centre) * scale)), inputSize - 1);
  });
}

/**
 * Copies for each pixel the nearest one of the input.
 * TensorFlow Lite kernels/internal/reference/resize_nearest_neighbor.h, `ResizeNearestNeighbor`.
 */
const kernel = move<ResizeAttributes>(({ inputs: [input], outputs: [output], attributes }) => {
  const indices = output!.shape.map((size, dimension) =>
    dimension === 1 || dimension === 2
      ? nearest(input!.shape[dimension]!, size, attributes)
      : Int32Array.from({ length: size }, (_, index) => index),
  );
  return positionsOf(indices, stridesOf(input!.shape));
});

/** An image of another size, each pixel the nearest one. */
export const resizeNearestNeighbor = defineOp({
  name: 'resize_nearest_neighbor',
  inferShapes: ([input], attributes: ResizeAttributes) => [resizedShape(input!, attributes)],
  layouts: { inputs: ['NHWC'], outputs: ['NHWC'] },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32: kernel, int8: kernel, uint8: kernel, int16: kernel },
});
