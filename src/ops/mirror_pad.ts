import { formatShape, inputError, stridesOf } from '../core/index.js';
import { defineOp } from './define.js';
import { forEveryDType, move } from './support/move.js';
import { type Border, paddedShape, positionsOf } from './support/positions.js';

export interface MirrorPadAttributes {
  /** [before, after] of every dimension. */
  readonly paddings: readonly Border[];
  /** Whether the values at the edge are repeated: with `reflect` they are the mirror, with `symmetric` it lies behind them. */
  readonly mode: 'reflect' | 'symmetric';
}

/** The index in a dimension of `size` that index `i` mirrors, where −1 or `size` is the first one outside. */
function mirrored(i: number, size: number, mode: MirrorPadAttributes['mode']): number {
  const edge = mode === 'reflect' ? 1 : 0;
  if (i < 0) return -1 - i + edge;
  return i < size ? i : 2 * size - 1 - i - edge;
}

/** TensorFlow Lite kernels/mirror_pad.cc. */
const kernel = move<MirrorPadAttributes>(({ inputs: [input], outputs: [output], attributes }) => {
  const indices = output!.shape.map((size, d) => {
    const [before] = attributes.paddings[d]!;
    return Array.from({ length: size }, (_, i) => mirrored(i - before, input!.shape[d]!, attributes.mode));
  });
  return positionsOf(indices, stridesOf(input!.shape));
});

/** Surrounds a tensor with its own mirror image. */
export const mirrorPad = defineOp({
  name: 'mirror_pad',
  inferShapes([input], { paddings, mode }: MirrorPadAttributes) {
    const { shape } = input!;
    if (paddings.length !== shape.length)
      throw inputError(`has paddings for ${paddings.length} dimensions, its input has ${shape.length}`);
    const largest = (dimension: number): number => shape[dimension]! - (mode === 'reflect' ? 1 : 0);
    if (paddings.some((pair, d) => pair.some((size) => !(size >= 0 && size <= largest(d)))))
      throw inputError(
        `cannot mirror an input of shape ${formatShape(shape)} by ${paddings.map((pair) => `[${pair.join(', ')}]`).join(' ')}`,
      );
    return [paddedShape(shape, paddings)];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
