import { defineOp, type Kernel } from './define.js';
import { type ReduceAttributes, reducedShape, reductionOf } from './support/reduce.js';

/** TensorFlow Lite kernels/internal/reference/reduce.h, `ReduceGeneric`: the product in memory order. */
const float32: Kernel<ReduceAttributes> = {
  prepare({ inputs: [input], attributes }, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    const { bases, offsets } = reductionOf(input!, attributes);
    return () => {
      for (let i = 0; i < bases.length; i++) {
        let product = 1;
        for (const offset of offsets) product = Math.fround(product * x[bases[i]! + offset]!);
        output[i] = product;
      }
    };
  },
};

/** The same for int32 and int64: overflow wraps around. */
const whole: Kernel<ReduceAttributes> = {
  prepare({ inputs: [input], attributes }, buffers) {
    const x = buffers.inputs[0]!;
    const output = buffers.outputs[0]!;
    const isWide = output instanceof BigInt64Array;
    const { bases, offsets } = reductionOf(input!, attributes);
    return () => {
      for (let i = 0; i < bases.length; i++) {
        let product = 1n;
        for (const offset of offsets) product = BigInt.asIntN(64, product * BigInt(x[bases[i]! + offset]!));
        output[i] = isWide ? product : Number(BigInt.asIntN(32, product));
      }
    };
  },
};

/** Product over whole dimensions; converters compute numbers of elements with it. */
export const reduceProd = defineOp({
  name: 'reduce_prod',
  inferShapes: ([input], attributes: ReduceAttributes) => [reducedShape(input!, attributes)],
  macs: () => 0,
  kernels: { float32, int32: whole, int64: whole },
});
