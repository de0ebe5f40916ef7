import { integerRange, sameQuantization, type TensorData } from '../core/index.js';
import { defineOp, type Kernel, type Site } from './define.js';
import { type ReduceAttributes, reducedShape, reductionOf } from './support/reduce.js';
import { clampInto, rescaleBy, tensorScale, zeroPointsAndClamp } from './support/requantize.js';
import { floatSum, rescaledSums, type SumFacts } from './support/sums.js';

const requantization = ({ inputs, outputs }: Site<ReduceAttributes>): SumFacts => ({
  accumulator: 'int32',
  rescales: { output: rescaleBy(tensorScale(inputs[0]!) / tensorScale(outputs[0]!)) },
  ...zeroPointsAndClamp(inputs, outputs[0]!),
});

const integer: Kernel<ReduceAttributes> = {
  requantization,
  prepare(site, buffers) {
    const facts = requantization(site);
    const [x] = buffers.inputs as [Int8Array];
    return rescaledSums(site, facts, x, clampInto(buffers.outputs[0]!, facts));
  },
};

/** Memory as unsigned bytes. */
const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const byteFacts = (site: Site<ReduceAttributes>): SumFacts => ({
  ...requantization(site),
  clamp: integerRange(8, false),
});

/**
 * TensorFlow Lite's reference resolver hands int8 tensors to the uint8 instance of its kernel (kernels/reduce.cc,
 * `QuantizedMeanOrSum`, in 2.15 and later): negative values count as 256 more, and the sum's last byte is what is written. Its
 * optimized kernels do not do that, and neither do widths below 8, which it does not have.
 */
const int8: Kernel<ReduceAttributes> = {
  requantization: (site) => (isNarrow(site) ? requantization(site) : byteFacts(site)),
  prepare(site, buffers) {
    if (isNarrow(site)) return integer.prepare(site, buffers);
    const facts = byteFacts(site);
    const store = clampInto(bytesOf(buffers.outputs[0]!), facts);
    return rescaledSums(site, facts, bytesOf(buffers.inputs[0]!), (index, accumulator, value, trace) => {
      store(index, accumulator, value);
      if (trace !== undefined) trace.accumulators[index] = accumulator;
    });
  },
};

const isNarrow = ({ inputs, outputs }: Site<unknown>): boolean =>
  [...inputs, ...outputs].some(({ quantization }) => quantization!.bits < 8);

/** TensorFlow Lite sums int16 values in int16, which wraps around, and knows no other output scale (`EvalGeneric`). */
const int16: Kernel<ReduceAttributes> = {
  requantization: (site) => ({ ...requantization(site), ...(wraps(site) && { rescales: {} }) }),
  prepare(site, buffers) {
    if (!wraps(site)) return integer.prepare(site, buffers);
    const { bases, offsets } = reductionOf(site.inputs[0]!, site.attributes);
    const [x] = buffers.inputs as [Int16Array];
    const store = clampInto(buffers.outputs[0]!, requantization(site));
    return (trace) => {
      for (let i = 0; i < bases.length; i++) {
        let sum = 0;
        for (const offset of offsets) sum = ((sum + x[bases[i]! + offset]!) << 16) >> 16;
        store(i, sum, sum, trace);
      }
    };
  },
};

const wraps = ({ inputs: [input], outputs: [output] }: Site<unknown>): boolean =>
  input!.quantization!.bits === 16 && sameQuantization(input!.quantization, output!.quantization);

/** Sum over whole dimensions. */
export const sum = defineOp({
  name: 'sum',
  inferShapes: ([input], attributes: ReduceAttributes) => [reducedShape(input!, attributes)],
  macs: () => 0,
  quantization: { output: 'calibrated', wideOutput: 'shared', flags: [] },
  kernels: { float32: floatSum((total) => total), int8, uint8: integer, int16 },
});
