import { inputError } from '../core/index.js';
import { defineOp } from './define.js';
import { type DepthAttributes, imageOf } from './support/blocks.js';
import { forEveryDType, move } from './support/move.js';
import { positions } from './support/positions.js';

/** TensorFlow Lite kernels/internal/reference/depth_to_space.h. */
const kernel = move<DepthAttributes>(({ inputs: [input], attributes }) => {
  const [batch, height, width, depth] = imageOf(input!.shape, attributes);
  const { blockSize } = attributes;
  const channels = depth / blockSize ** 2;
  return positions(
    [batch, height, blockSize, width, blockSize, channels],
    [height * width * depth, width * depth, blockSize * channels, depth, channels, 1],
  );
});

/** Makes a block of pixels of every pixel: its channels hold those of the block, row by row. */
export const depthToSpace = defineOp({
  name: 'depth_to_space',
  inferShapes([input], attributes: DepthAttributes) {
    const [batch, height, width, depth] = imageOf(input!.shape, attributes);
    const { blockSize } = attributes;
    const channels = depth / blockSize ** 2;
    if (!Number.isInteger(channels))
      throw inputError(`cannot divide ${depth} channels into blocks of ${blockSize}×${blockSize} pixels`);
    return [[batch, height * blockSize, width * blockSize, channels]];
  },
  layouts: { inputs: ['NHWC'], outputs: ['NHWC'] },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
