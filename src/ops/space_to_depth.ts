import { inputError } from '../core/index.js';
import { defineOp } from './define.js';
import { type DepthAttributes, imageOf } from './support/blocks.js';
import { forEveryDType, move } from './support/move.js';
import { positions } from './support/positions.js';

/** TensorFlow Lite kernels/internal/reference/space_to_depth.h. */
const kernel = move<DepthAttributes>(({ inputs: [input], attributes }) => {
  const [batch, height, width, channels] = imageOf(input!.shape, attributes);
  const { blockSize } = attributes;
  const row = width * channels;
  return positions(
    [batch, height / blockSize, width / blockSize, blockSize, blockSize, channels],
    [height * row, blockSize * row, blockSize * channels, row, channels, 1],
  );
});

/** Makes one pixel of every block of pixels: its channels are those of the block, row by row. */
export const spaceToDepth = defineOp({
  name: 'space_to_depth',
  inferShapes([input], attributes: DepthAttributes) {
    const [batch, height, width, channels] = imageOf(input!.shape, attributes);
    const { blockSize } = attributes;
    if (height % blockSize !== 0 || width % blockSize !== 0)
      throw inputError(`cannot divide ${height}×${width} pixels into blocks of ${blockSize}×${blockSize}`);
    return [[batch, height / blockSize, width / blockSize, channels * blockSize ** 2]];
  },
  layouts: { inputs: ['NHWC'], outputs: ['NHWC'] },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
