import { inputError, sameQuantization } from '../core/index.js';
import { defineOp } from './define.js';
import { forEveryDType, isZero, move } from './support/move.js';
import { type Border, paddedShape, paddedSources } from './support/positions.js';

export interface PadAttributes {
  /** [before, after] of every dimension. */
  readonly paddings: readonly Border[];
  /** The real number around the tensor; 0 when absent. */
  readonly value?: number;
}

/** TensorFlow Lite kernels/internal/reference/pad.h: pads with the integer that stands for the value. */
const kernel = move<PadAttributes>(
  ({ inputs: [input], attributes: { paddings } }) => paddedSources(input!.shape, paddings),
  ({ value = 0 }) => value,
);

/** Surrounds a tensor with zeros, or another value. */
export const pad = defineOp({
  name: 'pad',
  inferShapes([input], { paddings, value = 0 }: PadAttributes) {
    const { shape } = input!;
    if (!Number.isFinite(value)) throw inputError(`pads with ${value}`);
    if (paddings.length !== shape.length)
      throw inputError(`has paddings for ${paddings.length} dimensions, its input has ${shape.length}`);
    if (paddings.some(([before, after]) => before < 0 || after < 0))
      throw inputError('has a negative padding');
    return [paddedShape(shape, paddings)];
  },
  macs: () => 0,
  zeroBorders: ({ inputs: [input], outputs: [output], attributes: { paddings, value = 0 } }) =>
    sameQuantization(input!.quantization, output!.quantization) && isZero(value, output!)
      ? paddings
      : undefined,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
