import { formatShape, inputError, type Shape, stridesOf } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { positions } from './support/positions.js';
import { requireSharedQuantization } from './support/shared.js';

export interface ConcatenationAttributes {
  /** A negative axis counts from the end. */
  readonly axis: number;
}

const dimensionOf = (shape: Shape, axis: number): number => (axis < 0 ? axis + shape.length : axis);

/** TensorFlow Lite kernels/internal/reference/concatenation.h. */
const kernel: Kernel<ConcatenationAttributes> = {
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const inputs = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const { shape } = site.outputs[0]!;
    const strides = stridesOf(shape);
    const dimension = dimensionOf(shape, site.attributes.axis);
    let start = 0;
    const targets = site.inputs.map((input) => {
      const result = positions(input.shape, strides, start * strides[dimension]!);
      start += input.shape[dimension]!;
      return result;
    });
    return () => {
      for (let operand = 0; operand < inputs.length; operand++) {
        const x = inputs[operand]!;
        const target = targets[operand]!;
        for (let i = 0; i < x.length; i++) output[target[i]!] = x[i]!;
      }
    };
  },
};

/** Tensors one after the other along one dimension. */
export const concatenation = defineOp({
  name: 'concatenation',
  inferShapes(inputs, { axis }: ConcatenationAttributes) {
    const { shape } = inputs[0]!;
    const dimension = dimensionOf(shape, axis);
    if (shape[dimension] === undefined)
      throw inputError(`concatenates axis ${axis} of an input of shape ${formatShape(shape)}`);
    const result = [...shape];
    for (const other of inputs.slice(1)) {
      if (
        other.shape.length !== shape.length ||
        other.shape.some((size, d) => d !== dimension && size !== shape[d])
      )
        throw inputError(
          `cannot concatenate ${formatShape(shape)} and ${formatShape(other.shape)} along axis ${axis}`,
        );
      result[dimension]! += other.shape[dimension]!;
    }
    return [result];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32: kernel, int8: kernel, int16: kernel },
});
