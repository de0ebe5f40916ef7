import { formatShape, inputError, stridesOf } from '../core/index.js';
import { defineOp } from './define.js';
import { forEveryDType, move } from './support/move.js';
import { positions } from './support/positions.js';

export interface TransposeAttributes {
  /** The input's dimension that becomes each dimension of the output. */
  readonly permutation: readonly number[];
}

/** TensorFlow Lite kernels/internal/reference/transpose.h. */
const kernel = move<TransposeAttributes>(({ inputs: [input], outputs: [output], attributes }) => {
  const strides = stridesOf(input!.shape);
  return positions(
    output!.shape,
    attributes.permutation.map((dimension) => strides[dimension]!),
  );
});

/** A tensor with its dimensions in another order. */
export const transpose = defineOp({
  name: 'transpose',
  inferShapes([input], { permutation }: TransposeAttributes) {
    const { shape } = input!;
    const isPermutation =
      permutation.length === shape.length && shape.every((_, dimension) => permutation.includes(dimension));
    if (!isPermutation)
      throw inputError(
        `cannot put the dimensions of ${formatShape(shape)} in the order [${permutation.slice(0, 10).join(', ')}]`,
      );
    return [permutation.map((dimension) => shape[dimension]!)];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
