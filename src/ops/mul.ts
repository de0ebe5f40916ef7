import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  scaleOf,
  zeroPointOf,
} from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { integerActivationRange } from './support/activation.js';
import {
  type ElementwiseAttributes,
  elementwisePlan,
  elementwiseRun,
  elementwiseShapes,
  floatElementwise,
} from './support/elementwise.js';

/**
 * TensorFlow Lite kernels/internal/reference/integer_ops/mul.h, `MulElementwise`; kernels/mul.cc multiplies and divides
 * the scales in float32.
 */
const integer: Kernel<ElementwiseAttributes> = {
  plan: elementwisePlan,
  prepare(site, buffers) {
    const [a, b] = site.inputs;
    const [out] = site.outputs;
    const output = buffers.outputs[0]!;
    const scaleProduct = Math.fround(scaleOf(a!.quantization, a!.name) * scaleOf(b!.quantization, b!.name));
    const { multiplier, shift } = quantizeMultiplier(
      Math.fround(scaleProduct / scaleOf(out!.quantization, out!.name)),
    );
    const zeroPointA = zeroPointOf(a!.quantization, a!.name);
    const zeroPointB = zeroPointOf(b!.quantization, b!.name);
    const zeroPoint = zeroPointOf(out!.quantization, out!.name);
    const { min, max } = integerActivationRange(site.attributes.activation, out!.quantization!);
    const { rounding } = site.numerics;
    return elementwiseRun(site, buffers, (index, qA, qB, trace) => {
      const product = (qA - zeroPointA) * (qB - zeroPointB);
      const value = multiplyByQuantizedMultiplier(product, multiplier, shift, rounding) + zeroPoint;
      output[index] = clamp(value, min, max);
      if (trace !== undefined) {
        trace.accumulators[index] = product;
        trace.beforeClamp[index] = value;
      }
    });
  },
};

/** Product of two tensors, broadcast as NumPy does, then an activation. */
export const mul = defineOp({
  name: 'mul',
  inferShapes: (inputs, _attributes: ElementwiseAttributes) => elementwiseShapes(inputs),
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div', 'merge_relu'], calibratesInPlace: true },
  kernels: { float32: floatElementwise((a, b) => a * b), int8: integer, int16: integer },
});
