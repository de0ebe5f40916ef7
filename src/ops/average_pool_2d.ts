import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { floatActivation } from './support/activation.js';
import { type PoolAttributes, poolFacts, poolGeometry, poolRun, poolShape } from './support/pool.js';
import { clampInto } from './support/requantize.js';
import { requireSharedQuantization } from './support/shared.js';

const float32: Kernel<PoolAttributes> = {
  prepare({ inputs: [input], attributes }, buffers) {
    const output = buffers.outputs[0] as Float32Array;
    const activate = floatActivation(attributes.activation);
    return poolRun(
      input!,
      attributes,
      buffers.inputs[0] as Float32Array,
      0,
      (sum, x) => Math.fround(sum + x),
      (index, sum, count) => {
        output[index] = activate(Math.fround(sum / count));
      },
    );
  },
};

const requantization = (site: Site<PoolAttributes>): Requantization => ({
  accumulator: 'int32',
  ...poolFacts(site),
});

/**
 * TensorFlow Lite kernels/internal/reference/integer_ops/pooling.h, `AveragePool`: the quotient rounds to nearest, halves
 * away from zero, over the elements that are not padding.
 */
const integer: Kernel<PoolAttributes> = {
  requantization,
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const store = clampInto(buffers.outputs[0]!, requantization(site));
    return poolRun(
      site.inputs[0]!,
      site.attributes,
      buffers.inputs[0] as Int8Array,
      0,
      (sum, q) => sum + q,
      (index, sum, count, trace) => {
        const magnitude = Math.floor((Math.abs(sum) + Math.floor(count / 2)) / count);
        store(index, sum, sum < 0 ? -magnitude : magnitude, trace);
      },
    );
  },
};

/** Mean over a window of an NHWC image; padding does not count. */
export const averagePool2d = defineOp({
  name: 'average_pool_2d',
  inferShapes: ([input], attributes: PoolAttributes) => [poolShape(input!, attributes)],
  layouts: { inputs: ['NHWC'], outputs: ['NHWC'] },
  geometry: ([input], attributes) => poolGeometry(input!, attributes),
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: { float32, int8: integer, uint8: integer, int16: integer },
});
