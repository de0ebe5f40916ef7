import {
  clamp,
  inputError,
  quantizeMultiplier,
  roundingDivideByPot16,
  saturatingDoublingHighMul16,
  saturatingLeftShift16,
  saturatingRoundingDoublingHighMul16,
  to15Bits,
} from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Rescale, type Site } from './define.js';

import { floatFunction } from './support/function.js';
import { tensorScale, zeroPointsAndClamp } from './support/requantize.js';

/** TensorFlow Lite kernels/internal/reference/hard_swish.h, `HardSwish`: every step rounds to float32. */
function evaluate(x: number): number {
  const gate = Math.min(6, Math.max(0, Math.fround(x + 3)));
  return Math.fround(Math.fround(x * gate) / 6);
}

/** Inputs are multiplied by this first, so that they fill an int16. */
const FINER = 128;

const rescale = (factor: number): Rescale => ({
  factor,
  fractionBits: 15,
  ...to15Bits(quantizeMultiplier(factor)),
});

/** `gate` takes the finer inputs to the scale where 3 is 2^15, `output` to the output's (kernels/activations.cc, `HardSwishPrepare`). */
function requantization({ inputs, outputs }: Site<unknown>) {
  const finerScale = tensorScale(inputs[0]!) / FINER;
  const output = rescale(Math.fround(finerScale / tensorScale(outputs[0]!)));
  if (output.shift > 0)
    throw inputError(
      `${outputs[0]!.name} has scale ${tensorScale(outputs[0]!)}, too fine for a hard-swish of scale ${tensorScale(inputs[0]!)}`,
    );
  return {
    rescales: { gate: rescale(Math.fround(finerScale / (3 / 32768))), output },
    ...zeroPointsAndClamp(inputs, outputs[0]!),
  } satisfies Requantization;
}

/** (x + 3) / 6 limited to [0, 1] in Q0.15. Left shifts saturate, the last one after the multiplication. */
function gateOf(x: number, { multiplier, shift }: Rescale): number {
  const shifted = shift > 0 ? saturatingLeftShift16(x, shift - 1) : x;
  const scaled = saturatingRoundingDoublingHighMul16(shifted, multiplier);
  const third =
    shift > 0 ? saturatingLeftShift16(scaled, 1) : shift < 0 ? roundingDivideByPot16(scaled, -shift) : scaled;
  return (third + 32768) >> 1;
}

/** TensorFlow Lite kernels/internal/reference/hard_swish.h, the quantized `HardSwish`: int16 fixed point. */
const integer: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  requantization,
  prepare(site, buffers) {
    const [x] = buffers.inputs as [Int8Array];
    const [out] = buffers.outputs as [Int8Array];
    const facts = requantization(site);
    const { gate, output } = facts.rescales;
    const inputZeroPoint = facts.inputZeroPoints[0]!;
    const { min, max } = facts.clamp;
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const finer = (x[i]! - inputZeroPoint) * FINER;
        const scaled = saturatingRoundingDoublingHighMul16(finer, output.multiplier);
        const product = saturatingDoublingHighMul16(gateOf(finer, gate), scaled);
        const value = roundingDivideByPot16(product, -output.shift) + facts.outputZeroPoint;
        out[i] = clamp(value, min, max);
        if (trace !== undefined) trace.beforeClamp[i] = value;
      }
    };
  },
};

/** x · min(6, max(0, x + 3)) / 6. */
export const hardSwish = defineOp({
  name: 'hard_swish',
  isActivation: true,
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: [] },
  kernels: { float32: floatFunction(evaluate), int8: integer, uint8: integer },
});
