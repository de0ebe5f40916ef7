import {
  clamp,
  exp,
  int16Table,
  lookUpInt16,
  oneOverOnePlusX,
  roundingDivideByPot,
  saturatingRoundingDoublingHighMul,
} from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site } from './define.js';
import { differenceFacts, exponentialOf, SUM_INTEGER_BITS } from './support/exponentials.js';
import { requireFixedOutput } from './support/fixed-output.js';
import { applyRescale, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';
import { forEachRow, largest, rowsShape } from './support/rows.js';

export interface SoftmaxAttributes {
  /** Factor of the inputs. */
  readonly beta: number;
}

/** TensorFlow Lite kernels/internal/reference/softmax.h, `Softmax`. */
const float32: Kernel<SoftmaxAttributes> = {
  plan: () => ({ inPlace: true }),
  prepare({ inputs: [input], attributes }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const beta = Math.fround(attributes.beta);
    return () =>
      forEachRow(input!, (start, depth) => {
        const max = largest(x, start, depth);
        let sum = 0;
        for (let i = start; i < start + depth; i++) {
          const exponential = Math.fround(exp(Math.fround(Math.fround(x[i]! - max) * beta)));
          output[i] = exponential;
          sum = Math.fround(sum + exponential);
        }
        for (let i = start; i < start + depth; i++) output[i] = Math.fround(output[i]! / sum);
      });
  },
};

const byteFacts = ({ inputs: [input], outputs: [output], attributes }: Site<SoftmaxAttributes>) =>
  ({
    ...differenceFacts(Math.fround(attributes.beta) * tensorScale(input!)),
    ...zeroPointsAndClamp([], output!),
  }) satisfies Requantization;

/**
 * TensorFlow Lite kernels/internal/reference/softmax.h, the quantized `Softmax`: differences from the row's maximum in Q5.26,
 * exponentials in Q0.31, their sum in Q12.19.
 */
const byte: Kernel<SoftmaxAttributes> = {
  plan: () => ({ inPlace: true }),
  requantization: byteFacts,
  prepare(site, buffers) {
    const [input] = site.inputs;
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0]!;
    const { bits } = site.outputs[0]!.quantization!;
    const facts = byteFacts(site);
    const { min, max } = facts.clamp;
    requireFixedOutput(site.outputs[0]!, { scale: 2 ** -bits, zeroPoint: min });
    const exponential = exponentialOf(facts);
    return () =>
      forEachRow(input!, (start, depth) => {
        const rowMax = largest(x, start, depth);
        let sum = 0;
        for (let i = start; i < start + depth; i++)
          sum += roundingDivideByPot(exponential(x[i]! - rowMax), SUM_INTEGER_BITS);
        const headroom = Math.clz32(sum);
        const reciprocal = oneOverOnePlusX((sum << headroom) + 2 ** 31);
        const outputShift = SUM_INTEGER_BITS - headroom + 31 - bits;
        for (let i = start; i < start + depth; i++) {
          const product = saturatingRoundingDoublingHighMul(reciprocal, exponential(x[i]! - rowMax));
          output[i] = clamp(roundingDivideByPot(product, outputShift) + min, min, max);
        }
      });
  },
};

/** Differences from the row's maximum below −10 count as −10. */
const SMALLEST_EXPONENT = -10;

function int16Facts({ inputs: [input], outputs: [output], attributes }: Site<SoftmaxAttributes>) {
  const scale = Math.fround(tensorScale(input!) * Math.fround(attributes.beta));
  return {
    rescales: { difference: rescaleBy(scale / (-SMALLEST_EXPONENT / 65535)) },
    tables: {
      exponentials: int16Table(SMALLEST_EXPONENT, 0, 2 / 65535, exp),
      reciprocals: int16Table(0, 1, 2 / 65535, (value) => 1 / (1 + value)),
    },
    ...zeroPointsAndClamp([], output!),
    clamp: { min: 0, max: 32767 },
  } satisfies Requantization;
}

/**
 * TensorFlow Lite kernels/internal/reference/softmax.h, `SoftmaxInt16`: exponentials in Q0.15 from one table, the
 * reciprocal of their sum from another.
 */
const int16: Kernel<SoftmaxAttributes> = {
  plan: () => ({ inPlace: true }),
  requantization: int16Facts,
  prepare(site, buffers) {
    const [input] = site.inputs;
    requireFixedOutput(site.outputs[0]!, { scale: 2 ** -15, zeroPoint: 0 });
    const x = buffers.inputs[0] as Int16Array;
    const output = buffers.outputs[0] as Int16Array;
    const { rescales, tables, clamp: range } = int16Facts(site);
    return () =>
      forEachRow(input!, (start, depth) => {
        const rowMax = largest(x, start, depth);
        let sum = 0;
        for (let i = start; i < start + depth; i++) {
          const scaled = applyRescale(x[i]! - rowMax, rescales.difference);
          const exponential = lookUpInt16(tables.exponentials, clamp(scaled + 32767, -32768, 32767));
          output[i] = exponential;
          sum += exponential;
        }
        const headroom = Math.clz32(sum);
        const fraction = Math.floor((sum * 2 ** (headroom - 1) + 2 ** 13) / 2 ** 14) - 2 ** 15 - 2 ** 16;
        const reciprocal = lookUpInt16(tables.reciprocals, clamp(fraction, -32768, 32767));
        const divisor = 2 ** (31 - headroom);
        for (let i = start; i < start + depth; i++)
          output[i] = clamp(
            Math.floor((output[i]! * reciprocal + divisor / 2) / divisor),
            range.min,
            range.max,
          );
      });
  },
};

/** Softmax over the last dimension: e^(β·x) / Σ e^(β·x). */
export const softmax = defineOp({
  name: 'softmax',
  isActivation: true,
  inferShapes: ([input], _attributes: SoftmaxAttributes) => [rowsShape(input!)],
  macs: () => 0,
  quantization: {
    output: { int8: { scale: 1 / 256, zeroPoint: -128 }, int16: { scale: 1 / 32768, zeroPoint: 0 } },
    flags: [],
  },
  calibratesInPlace: true,
  kernels: { float32, int8: byte, uint8: byte, int16 },
});
