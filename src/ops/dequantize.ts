import { scaleOf, zeroPointOf } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';

/** TensorFlow Lite kernels/internal/reference/dequantize.h: one rounding, of the product, to float32. */
const integer: Kernel<unknown> = {
  prepare({ inputs: [input] }, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0] as Float32Array;
    const scale = scaleOf(input!.quantization, input!.name);
    const zeroPoint = zeroPointOf(input!.quantization, input!.name);
    return () => {
      for (let i = 0; i < x.length; i++) output[i] = Math.fround(scale * (x[i]! - zeroPoint));
    };
  },
};

/** The reals that integers stand for: Δ·(q − Z). */
export const dequantize = defineOp({
  name: 'dequantize',
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  kernels: { int8: integer, uint8: integer, int16: integer },
});
