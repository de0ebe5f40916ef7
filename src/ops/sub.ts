import { defineOp } from './define.js';
import { elementwiseShapes, floatElementwise, wholeElementwise } from './support/elementwise.js';
import { scaledSum } from './support/scaled-sum.js';
import { int16Sum, type SumAttributes } from './support/shifted-sum.js';

/** Difference of two tensors, broadcast as NumPy does, then an activation. */
export const sub = defineOp<SumAttributes, 'sub'>({
  name: 'sub',
  inferShapes: (inputs, _attributes) => elementwiseShapes(inputs),
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div', 'merge_relu'] },
  calibratesInPlace: true,
  kernels: {
    float32: floatElementwise((a, b) => a - b),
    int8: scaledSum(-1),
    uint8: scaledSum(-1),
    int16: int16Sum(-1),
    ...wholeElementwise((a, b) => a - b),
  },
});
