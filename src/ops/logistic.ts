import { exp } from '../core/index.js';
import { defineOp, type Kernel, type Site } from './define.js';
import { requireFixedOutput } from './support/fixed-output.js';
import { byteFunction, floatFunction } from './support/function.js';
import { interpolate, scaleToTable, tableFacts } from './support/sigmoid.js';

/** TensorFlow Lite kernels/internal/reference/logistic.h: every step rounds to float32. */
const evaluate = (x: number): number => Math.fround(1 / Math.fround(1 + Math.fround(exp(-x))));

const int16Facts = (site: Site<unknown>) => tableFacts(site, 0);

/** TensorFlow Lite kernels/internal/reference/integer_ops/logistic.h, the int16 `Logistic`. */
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
        const value = interpolate(tables.logistic, Math.abs(scaled), 9, 0x7fff << 10);
        output[i] = ((scaled >= 0 ? value : 2 ** 25 - value - 1) + 512) >> 10;
      }
    };
  },
};

/** The logistic function, 1 / (1 + e^−x). */
export const logistic = defineOp({
  name: 'logistic',
  isActivation: true,
  inferShapes: ([input], _attributes: unknown) => [[...input!.shape]],
  macs: () => 0,
  quantization: {
    output: { int8: { scale: 1 / 256, zeroPoint: -128 }, int16: { scale: 1 / 32768, zeroPoint: 0 } },
    flags: [],
  },
  kernels: {
    float32: floatFunction(evaluate),
    int8: byteFunction(evaluate),
    uint8: byteFunction(evaluate),
    int16,
  },
});
