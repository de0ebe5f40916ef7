import { formatShape, inputError, sameShape, type Tensor } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { broadcastShape } from './support/broadcast.js';
import { elementwiseRun } from './support/elementwise.js';
import { applyRescale, clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';

const float32: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  prepare(site, buffers) {
    const output = buffers.outputs[0] as Float32Array;
    return elementwiseRun(site, buffers, (index, x, alpha) => {
      output[index] = x >= 0 ? x : Math.fround(x * alpha);
    });
  },
};

/** TensorFlow Lite kernels/activations.cc, `PreluPrepare`: scales are multiplied and divided in float32. */
function requantization({ inputs, outputs }: Site<unknown>) {
  const [input, alpha] = inputs as [Tensor, Tensor];
  const [output] = outputs as [Tensor];
  const product = Math.fround(tensorScale(input) * tensorScale(alpha));
  return {
    accumulator: 'int32',
    rescales: {
      positive: rescaleBy(Math.fround(tensorScale(input) / tensorScale(output))),
      negative: rescaleBy(Math.fround(product / tensorScale(output))),
    },
    ...zeroPointsAndClamp([input], output),
    weightZeroPoints: alpha.quantization!.zeroPoints,
  } satisfies Requantization;
}

/** TensorFlow Lite kernels/internal/reference/prelu.h, `Prelu`. */
const integer: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const { positive, negative } = facts.rescales;
    const inputZeroPoint = facts.inputZeroPoints[0]!;
    const alphaZeroPoint = facts.weightZeroPoints[0]!;
    const { rounding } = site.numerics;
    const store = clampInto(buffers.outputs[0]!, facts);
    return elementwiseRun(site, buffers, (index, x, alpha, trace) => {
      const centred = x - inputZeroPoint;
      const accumulator = centred >= 0 ? centred : centred * (alpha - alphaZeroPoint);
      const rescaled = applyRescale(accumulator, centred >= 0 ? positive : negative, rounding);
      store(index, accumulator, rescaled + facts.outputZeroPoint, trace);
    });
  },
};

/** x where x ≥ 0, α·x below. Inputs: data, and a constant α that is broadcast to its shape. */
export const prelu = defineOp({
  name: 'prelu',
  inferShapes([input, alpha], _attributes: unknown) {
    const shape = broadcastShape(input!.shape, alpha!.shape);
    if (!sameShape(shape, input!.shape))
      throw inputError(
        `has slopes of shape ${formatShape(alpha!.shape)} for an input of shape ${formatShape(input!.shape)}`,
      );
    return [shape];
  },
  macs: () => 0,
  quantization: {
    output: 'calibrated',
    weights: { axis: 0, perChannel: false, bias: false },
    flags: ['rounding_div', 'symmetric_weights'],
  },
  kernels: { float32, int8: integer, uint8: integer },
});
