import { formatShape, inputError, stridesOf } from '../core/index.js';
import { defineOp } from './define.js';
import { forEveryDType, move } from './support/move.js';
import { positions } from './support/positions.js';

export interface SliceAttributes {
  /** First index along every dimension. */
  readonly begin: readonly number[];
  /** Number of indices along every dimension. */
  readonly size: readonly number[];
  /** Distance of the indices along every dimension, not 0; 1 when absent. */
  readonly strides?: readonly number[];
}

/** TensorFlow Lite kernels/internal/reference/slice.h and strided_slice.h. */
const kernel = move<SliceAttributes>(({ inputs: [input], attributes: { begin, size, strides } }) => {
  const distances = stridesOf(input!.shape);
  const start = begin.reduce((sum, index, dimension) => sum + index * distances[dimension]!, 0);
  const steps = distances.map((distance, dimension) => distance * (strides?.[dimension] ?? 1));
  return positions(size, steps, start);
});

/** A block of a tensor, or every n-th element of one. */
export const slice = defineOp({
  name: 'slice',
  inferShapes([input], { begin, size, strides = begin.map(() => 1) }: SliceAttributes) {
    const { shape } = input!;
    const fits = shape.every((limit, d) => {
      const last = begin[d]! + (size[d]! - 1) * strides[d]!;
      return (
        size[d]! >= 1 &&
        strides[d] !== 0 &&
        Math.min(begin[d]!, last) >= 0 &&
        Math.max(begin[d]!, last) < limit
      );
    });
    if ([begin, size, strides].some((list) => list.length !== shape.length) || !fits)
      throw inputError(
        `cannot take ${formatShape(size)} from [${begin.join(', ')}] of an input of shape ${formatShape(shape)}`,
      );
    return [[...size]];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
