import { tanh as evaluateTanh, scaleOf, zeroPointOf } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { requireFixedOutput } from './support/fixed-output.js';
import {
  floatFunction,
  int8Function,
  interpolate,
  logisticTable,
  scaleToTable,
  tableScaling,
} from './support/sigmoid.js';

const evaluate = (x: number): number => Math.fround(evaluateTanh(x));

/**
 * TensorFlow Lite kernels/internal/reference/integer_ops/tanh.h, the int16 `Tanh`: the logistic table at twice the input,
 * since tanh x = 2·logistic(2x) − 1.
 */
const int16: Kernel<unknown> = {
  plan: () => ({ inPlace: true }),
  prepare({ inputs: [input], outputs: [out] }, buffers) {
    requireFixedOutput(out!, { scale: 2 ** -15, zeroPoint: 0 });
    const x = buffers.inputs[0] as Int16Array;
    const output = buffers.outputs[0] as Int16Array;
    const zeroPoint = zeroPointOf(input!.quantization, input!.name);
    const scaling = tableScaling(scaleOf(input!.quantization, input!.name), 1);
    const table = logisticTable();
    return () => {
      for (let i = 0; i < x.length; i++) {
        const scaled = scaleToTable(x[i]! - zeroPoint, scaling);
        const value = interpolate(table, Math.abs(scaled), 8, 0xffff << 8) - 2 ** 23;
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
  kernels: { float32: floatFunction(evaluate), int8: int8Function(evaluate), int16 },
});
