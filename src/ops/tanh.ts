import { tanh as evaluateTanh } from '../core/index.js';
import { defineOp, type Kernel, type Site } from './define.js';
import { requireFixedOutput } from './support/fixed-output.js';
import { byteFunction, floatFunction } from './support/function.js';
import { interpolate, scaleToTable, tableFacts } from './support/sigmoid.js';

const evaluate = (x: number): number => Math.fround(evaluateTanh(x));

const int16Facts = (site: Site<unknown>) => tableFacts(site, 1);

/**
 * TensorFlow Lite kernels/internal/reference/integer_ops/tanh.h, the int16 `Tanh`: the logistic table at twice the input,
 * since tanh x = 2·logistic(2x) − 1.
 */
const int16: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  requantization: int16Facts,
  prepare(site, buffers) {
    requireFixedOutput(site.outputs[0]!, { scale: 2 ** -15, zeroPoint: 0 });
    const x = buffers.inputs[0] as Int16Array;
    const output = buffers.outputs[0] as Int16Array;
    const { rescales, tables, inputZeroPoints } = int16Facts(site);
    const zeroPoint = inputZeroPoints[0]!;
    return () => {
      for (let i = 0; i < x.length; i++) {
        const scaled = scaleToTable(x[i]! - zeroPoint, rescales.input);
        const value = interpolate(tables.logistic, Math.abs(scaled), 8, 0xffff << 8) - 2 ** 23;
        output[i] = (scaled >= 0 ? value + 128 : -value + 127) >> 8;
      }
    };
  },
};

/** The hyperbolic tangent. */
export const tanh = defineOp({
  name: 'tanh',
  isActivation: true,
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  quantization: {
    output: { int8: { scale: 1 / 128, zeroPoint: 0 }, int16: { scale: 1 / 32768, zeroPoint: 0 } },
    flags: [],
  },
  kernels: {
    float32: floatFunction(evaluate),
    int8: byteFunction(evaluate),
    uint8: byteFunction(evaluate),
    int16,
  },
});
