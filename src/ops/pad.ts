import { inputError, stridesOf, zeroPointOf } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { positions } from './support/positions.js';
import { requireSharedQuantization } from './support/shared.js';

export interface PadAttributes {
  /** [before, after] of every dimension. */
  readonly paddings: readonly (readonly [number, number])[];
}

/** TensorFlow Lite kernels/internal/reference/pad.h: pads with the integer that stands for 0. */
const kernel: Kernel<PadAttributes> = {
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const [x] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const { name, dtype, shape, quantization } = site.outputs[0]!;
    const zero = dtype === 'float32' ? 0 : zeroPointOf(quantization, name);
    const strides = stridesOf(shape);
    const start = site.attributes.paddings.reduce((sum, [before], d) => sum + before * strides[d]!, 0);
    const targets = positions(site.inputs[0]!.shape, strides, start);
    return () => {
      output.fill(zero);
      for (let i = 0; i < targets.length; i++) output[targets[i]!] = x![i]!;
    };
  },
};

/** Surrounds a tensor with zeros. */
export const pad = defineOp({
  name: 'pad',
  inferShapes([input], { paddings }: PadAttributes) {
    const { shape } = input!;
    if (paddings.length !== shape.length)
      throw inputError(`has paddings for ${paddings.length} dimensions, its input has ${shape.length}`);
    if (paddings.some(([before, after]) => before < 0 || after < 0))
      throw inputError('has a negative padding');
    return [shape.map((size, dimension) => size + paddings[dimension]![0] + paddings[dimension]![1])];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32: kernel, int8: kernel, int16: kernel },
});
