import type { Tensor } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import {
  type ElementwiseAttributes,
  elementwisePlan,
  elementwiseRun,
  elementwiseShapes,
  floatElementwise,
  wholeElementwise,
} from './support/elementwise.js';
import { applyRescale, clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

/** TensorFlow Lite kernels/mul.cc multiplies and divides the scales in float32. */
function requantization({ inputs, outputs, attributes }: Site<ElementwiseAttributes>) {
  const [a, b] = inputs as [Tensor, Tensor];
  const [output] = outputs as [Tensor];
  const scaleProduct = Math.fround(tensorScale(a) * tensorScale(b));
  return {
    accumulator: 'int32',
    rescales: { output: rescaleBy(Math.fround(scaleProduct / tensorScale(output))) },
    ...zeroPointsAndClamp(inputs, output, attributes.activation),
  } satisfies Requantization;
}

/** TensorFlow Lite kernels/internal/reference/integer_ops/mul.h, `MulElementwise`. */
const integer: Kernel<ElementwiseAttributes> = {
  plan: elementwisePlan,
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const [zeroPointA, zeroPointB] = facts.inputZeroPoints as [number, number];
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return elementwiseRun(site, buffers, (index, qA, qB, trace) => {
      const product = (qA - zeroPointA) * (qB - zeroPointB);
      const value = applyRescale(product, facts.rescales.output, rounding);
      store(index, product, value + facts.outputZeroPoint, trace);
    });
  },
};

/** Product of two tensors, broadcast as NumPy does, then an activation. */
export const mul = defineOp({
  name: 'mul',
  inferShapes: (inputs, _attributes: ElementwiseAttributes) => elementwiseShapes(inputs),
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div', 'merge_relu'] },
  calibratesInPlace: true,
  kernels: {
    float32: floatElementwise((a, b) => a * b),
    int8: integer,
    uint8: integer,
    int16: integer,
    ...wholeElementwise((a, b) => a * b),
  },
});
