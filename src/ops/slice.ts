import { formatShape, inputError, stridesOf } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { positions } from './support/positions.js';
import { requireSharedQuantization } from './support/shared.js';

export interface SliceAttributes {
  /** First index along every dimension. */
  readonly begin: readonly number[];
  /** Number of indices along every dimension. */
  readonly size: readonly number[];
}

/** TensorFlow Lite kernels/internal/reference/slice.h. */
const kernel: Kernel<SliceAttributes> = {
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const [x] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const { begin, size } = site.attributes;
    const strides = stridesOf(site.inputs[0]!.shape);
    const start = begin.reduce((sum, index, dimension) => sum + index * strides[dimension]!, 0);
    const sources = positions(size, strides, start);
    return () => {
      for (let i = 0; i < sources.length; i++) output[i] = x![sources[i]!]!;
    };
  },
};

/** A block of a tensor. */
export const slice = defineOp({
  name: 'slice',
  inferShapes([input], { begin, size }: SliceAttributes) {
    const { shape } = input!;
    const fits = shape.every((limit, d) => begin[d]! >= 0 && size[d]! >= 1 && begin[d]! + size[d]! <= limit);
    if (begin.length !== shape.length || size.length !== shape.length || !fits)
      throw inputError(
        `cannot take ${formatShape(size)} from [${begin.join(', ')}] of an input of shape ${formatShape(shape)}`,
      );
    return [[...size]];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32: kernel, int8: kernel, int16: kernel },
});
