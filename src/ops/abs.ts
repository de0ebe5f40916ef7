import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { floatFunction } from './support/function.js';
import { applyRescale, clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

/** TensorFlow Lite kernels/elementwise.cc, `SetAbsOutputMultiplier`: the ratio of the scales, in float32. */
function requantization({ inputs, outputs: [output] }: Site<unknown>) {
  return {
    accumulator: 'int32',
    rescales: { output: rescaleBy(Math.fround(tensorScale(inputs[0]!) / tensorScale(output!))) },
    ...zeroPointsAndClamp(inputs, output!),
  } satisfies Requantization;
}

/** TensorFlow Lite kernels/elementwise.cc, `AbsEvalQuantized`. Equal scales need no rescaling; a factor of 1 changes nothing. */
const integer: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  requantization,
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const facts = requantization(site);
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return (trace) => {
      for (let i = 0; i < x.length; i++) {
        const magnitude = Math.abs(x[i]! - facts.inputZeroPoints[0]!);
        const value = applyRescale(magnitude, facts.rescales.output, rounding) + facts.outputZeroPoint;
        store(i, magnitude, value, trace);
      }
    };
  },
};

const kernel = floatFunction<unknown>(Math.abs);

/** The magnitude. */
export const abs = defineOp({
  name: 'abs',
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  quantization: { output: 'calibrated', flags: ['rounding_div'] },
  kernels: { float32: kernel, int8: integer, int16: integer, int32: kernel },
});
