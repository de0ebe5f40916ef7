import {
  clamp,
  inputError,
  integerRange,
  roundHalfAwayFromZero,
  scaleOf,
  stridesOf,
  type Tensor,
  zeroPointOf,
} from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { positions } from './support/positions.js';
import { requireSharedQuantization } from './support/shared.js';

export interface PadAttributes {
  /** [before, after] of every dimension. */
  readonly paddings: readonly (readonly [number, number])[];
  /** The real number around the tensor; 0 when absent. */
  readonly value?: number;
}

/** The integer that stands for a real number, or the number itself. */
function elementOf(value: number, { name, quantization }: Tensor): number {
  if (quantization === undefined) return value;
  const { min, max } = integerRange(quantization.bits, quantization.signed);
  const steps = roundHalfAwayFromZero(value / scaleOf(quantization, name));
  return clamp(steps + zeroPointOf(quantization, name), min, max);
}

/** TensorFlow Lite kernels/internal/reference/pad.h: pads with the integer that stands for the value. */
const kernel: Kernel<PadAttributes> = {
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const [x] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    const { shape } = site.outputs[0]!;
    const { value = 0 } = site.attributes;
    const border = elementOf(value, site.outputs[0]!);
    const strides = stridesOf(shape);
    const start = site.attributes.paddings.reduce((sum, [before], d) => sum + before * strides[d]!, 0);
    const targets = positions(site.inputs[0]!.shape, strides, start);
    return () => {
      output.fill(border);
      for (let i = 0; i < targets.length; i++) output[targets[i]!] = x![i]!;
    };
  },
};

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
    return [shape.map((size, dimension) => size + paddings[dimension]![0] + paddings[dimension]![1])];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32: kernel, int8: kernel, int16: kernel },
});
