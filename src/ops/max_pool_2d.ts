import { clamp } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { floatActivation } from './support/activation.js';
import { type PoolAttributes, poolFacts, poolGeometry, poolRun, poolShape } from './support/pool.js';
import { requireSharedQuantization } from './support/shared.js';

const float32: Kernel<PoolAttributes> = {
  prepare({ inputs: [input], attributes }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const activate = floatActivation(attributes.activation);
    return poolRun(input!, attributes, x, -Infinity, Math.max, (index, max) => {
      output[index] = activate(max);
    });
  },
};

/** TensorFlow Lite kernels/internal/reference/integer_ops/pooling.h, `MaxPool`. */
const integer: Kernel<PoolAttributes> = {
  requantization: poolFacts,
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0]!;
    const { clamp: range } = poolFacts(site);
    return poolRun(site.inputs[0]!, site.attributes, x, -Infinity, Math.max, (index, max, _count, trace) => {
      output[index] = clamp(max, range.min, range.max);
      if (trace !== undefined) trace.beforeClamp[index] = max;
    });
  },
};

/** Maximum over a window of an NHWC image; padding does not count. */
export const maxPool2d = defineOp({
  name: 'max_pool_2d',
  inferShapes: ([input], attributes: PoolAttributes) => [poolShape(input!, attributes)],
  layouts: { inputs: ['NHWC'], outputs: ['NHWC'] },
  geometry: ([input], attributes) => poolGeometry(input!, attributes),
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32, int8: integer, uint8: integer, int16: integer },
});
