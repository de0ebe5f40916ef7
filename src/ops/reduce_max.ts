import { defineOp, type Kernel } from './define.js';
import { type ReduceAttributes, reducedShape, reductionOf } from './support/reduce.js';
import { requireSharedQuantization } from './support/shared.js';

/** TensorFlow Lite kernels/internal/reference/reduce.h, `ReduceGeneric`: a maximum does not depend on the dtype. */
const kernel: Kernel<ReduceAttributes> = {
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const { bases, offsets } = reductionOf(site.inputs[0]!, site.attributes);
    return () => {
      for (let i = 0; i < bases.length; i++) {
        let max = -Infinity;
        for (const offset of offsets) max = Math.max(max, x[bases[i]! + offset]!);
        output[i] = max;
      }
    };
  },
};

/** Maximum over whole dimensions. */
export const reduceMax = defineOp({
  name: 'reduce_max',
  inferShapes: ([input], attributes: ReduceAttributes) => [reducedShape(input!, attributes)],
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32: kernel, int8: kernel, uint8: kernel, int16: kernel },
});
