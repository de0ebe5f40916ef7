import { elementCount, formatShape, inputError } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';

export interface ArgMaxAttributes {
  /** Dimension to search, which the output does not have. */
  readonly axis: number;
}

/** TensorFlow Lite kernels/internal/reference/arg_min_max.h: of equal values the first one counts. */
const kernel: Kernel<ArgMaxAttributes> = {
  prepare({ inputs: [input], attributes: { axis } }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0]!;
    const length = input!.shape[axis]!;
    const inner = elementCount(input!.shape.slice(axis + 1));
    return () => {
      for (let i = 0; i < output.length; i++) {
        const start = Math.floor(i / inner) * length * inner + (i % inner);
        let best = 0;
        for (let candidate = 1; candidate < length; candidate++)
          if (x[start + candidate * inner]! > x[start + best * inner]!) best = candidate;
        output[i] = output instanceof BigInt64Array ? BigInt(best) : best;
      }
    };
  },
};

/** Index of the largest value along one dimension, int32 or int64. */
export const argMax = defineOp({
  name: 'arg_max',
  inferShapes([input], { axis }: ArgMaxAttributes) {
    const { shape } = input!;
    if (shape[axis] === undefined)
      throw inputError(`searches axis ${axis} of an input of shape ${formatShape(shape)}`);
    return [shape.filter((_, dimension) => dimension !== axis)];
  },
  macs: () => 0,
  quantization: { output: 'calibrated', flags: [] },
  kernels: { float32: kernel, int8: kernel, uint8: kernel, int32: kernel },
});
