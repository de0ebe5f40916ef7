import {
  failure,
  type QuantizedMultiplier,
  reciprocal,
  saturatingRoundingDoublingHighMul,
  type Tensor,
} from '../core/index.js';
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

const LARGEST_FLOAT = 3.4028234663852886e38;

/** TensorFlow Lite clamps even without an activation: a quotient that overflows is the largest float. */
const quotient = (a: number, b: number): number => {
  const value = Math.fround(a / b);
  return Math.abs(value) === Infinity ? Math.sign(value) * LARGEST_FLOAT : value;
};

const divisionByZero = () => failure('division by zero, of whole or of quantized numbers');

/** Whole numbers are truncated. */
const { int32 } = wholeElementwise((a, b) => {
  if (b === 0n) throw divisionByZero();
  return a / b;
});

/** Δ_a / (Δ_b·Δ_out), in float32 (TensorFlow Lite kernels/div.cc, `Prepare`). */
function requantization({ inputs, outputs: [output], attributes }: Site<ElementwiseAttributes>) {
  const [a, b] = inputs as [Tensor, Tensor];
  const divisorScale = Math.fround(tensorScale(b) * tensorScale(output!));
  return {
    accumulator: 'int32',
    rescales: { quotient: rescaleBy(Math.fround(tensorScale(a) / divisorScale)) },
    ...zeroPointsAndClamp(inputs, output!, attributes.activation),
  } satisfies Requantization;
}

/** Unused sign bits of an int32: how far it can be shifted left. */
const headroomOf = (x: number): number => Math.clz32(x < 0 ? ~x : x) - 1;

/**
 * The last rescale of a quotient. One below half a step needs a right shift by more than 31 bits, which C++ leaves undefined;
 * processors shift by the lower five bits of the count, and gemmlowp's rounding then adds 1 to what is not negative.
 */
const rescaleQuotient = (x: number, factor: QuantizedMultiplier): number =>
  factor.shift >= -31
    ? applyRescale(x, factor)
    : (saturatingRoundingDoublingHighMul(x, factor.multiplier) >> (-factor.shift & 31)) + (x < 0 ? 0 : 1);

/**
 * TensorFlow Lite kernels/internal/reference/div.h, `DivElementwise`: the dividend, shifted left as far as it goes, times the
 * reciprocal of the divisor, rescaled. The trace's accumulator is the product.
 */
const uint8: Kernel<ElementwiseAttributes> = {
  plan: elementwisePlan,
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const { multiplier, shift } = facts.rescales.quotient;
    const [zeroPointA, zeroPointB] = facts.inputZeroPoints as [number, number];
    const store = clampInto(buffers.outputs[0]!, facts);
    return elementwiseRun(site, buffers, (index, qA, qB, trace) => {
      if (qB === zeroPointB) throw divisionByZero();
      const sign = Math.sign(qB - zeroPointB);
      const dividend = sign * (qA - zeroPointA);
      const { mantissa, exponent } = reciprocal(sign * (qB - zeroPointB));
      const headroom = headroomOf(dividend);
      const scaled = applyRescale(dividend, { multiplier: mantissa, shift: headroom });
      const rescaled = rescaleQuotient(scaled, { multiplier, shift: shift - exponent - headroom });
      store(index, scaled, rescaled + facts.outputZeroPoint, trace);
    });
  },
};

/** Quotient of two tensors, broadcast as NumPy does, then an activation. TensorFlow's converter leaves it in float. */
export const div = defineOp({
  name: 'div',
  inferShapes: (inputs, _attributes: ElementwiseAttributes) => elementwiseShapes(inputs),
  macs: () => 0,
  calibratesInPlace: true,
  kernels: { float32: floatElementwise(quotient), uint8, int32 },
});
