import {
  clamp,
  formatShape,
  inputError,
  roundHalfAwayFromZero,
  type Shape,
  sameQuantization,
  scaleOf,
  stridesOf,
  type Tensor,
  zeroPointOf,
} from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { forEveryDType } from './support/move.js';
import { positions } from './support/positions.js';
import { requireSharedQuantization } from './support/shared.js';

export interface ConcatenationAttributes {
  /** A negative axis counts from the end. */
  readonly axis: number;
}

const dimensionOf = (shape: Shape, axis: number): number => (axis < 0 ? axis + shape.length : axis);

/** What becomes of an operand's elements in the output. */
type Conversion = (operand: Tensor, output: Tensor) => (x: number) => number;

const unchanged: Conversion = (operand, output) => {
  requireSharedQuantization({ inputs: [operand], outputs: [output] });
  return (x) => x;
};

/** Brings uint8 elements to the output's quantization, in float32 (TensorFlow Lite `ConcatenationWithScaling`). */
const rescaled: Conversion = (operand, output) => {
  if (sameQuantization(operand.quantization, output.quantization)) return (x) => x;
  const inverseScale = Math.fround(1 / scaleOf(output.quantization, output.name));
  const scale = Math.fround(scaleOf(operand.quantization, operand.name) * inverseScale);
  const offset = Math.fround(-zeroPointOf(operand.quantization, operand.name) * scale);
  const zeroPoint = zeroPointOf(output.quantization, output.name);
  return (x) =>
    clamp(roundHalfAwayFromZero(Math.fround(Math.fround(x * scale) + offset)) + zeroPoint, 0, 255);
};

/** TensorFlow Lite kernels/internal/reference/concatenation.h. */
const kernel = (conversion: Conversion): Kernel<ConcatenationAttributes> => ({
  prepare(site, buffers) {
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
    const conversions = site.inputs.map((input) => conversion(input, site.outputs[0]!));
    return () => {
      for (let operand = 0; operand < inputs.length; operand++) {
        const x = inputs[operand]!;
        const target = targets[operand]!;
        const convert = conversions[operand]!;
        for (let i = 0; i < x.length; i++) output[target[i]!] = convert(x[i]!);
      }
    };
  },
});

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
  quantization: { output: 'shared', rescales: ['uint8'], flags: [] },
  kernels: { ...forEveryDType(kernel(unchanged)), uint8: kernel(rescaled) },
});
