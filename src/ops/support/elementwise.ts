import { elementCount, type Shape, sameShape, type Tensor } from '../../core/index.js';
import type { Activation, Buffers, Kernel, KernelPlan, Run, Site, Trace } from '../define.js';
import { floatActivation, wholeActivation } from './activation.js';
import { broadcastIndices, broadcastShape } from './broadcast.js';
import { requireSharedQuantization } from './shared.js';

export interface ElementwiseAttributes {
  readonly activation: Activation;
}

/** Output shape of an elementwise operator of two inputs. */
export const elementwiseShapes = ([a, b]: readonly Tensor[]): Shape[] => [broadcastShape(a!.shape, b!.shape)];

/** An elementwise operator may run in place unless its first input is broadcast. */
export const elementwisePlan = ({ inputs, outputs }: Site<unknown>): Partial<KernelPlan> => ({
  inPlace: sameShape(inputs[0]!.shape, outputs[0]!.shape),
});

/** Binds `combine(output index, element of a, element of b, trace)` to every output element of a broadcasting operator. */
export function elementwiseRun(
  site: Site<unknown>,
  buffers: Buffers,
  combine: (index: number, a: number, b: number, trace?: Trace) => void,
): Run {
  const [a, b] = buffers.inputs as Int8Array[];
  const { shape } = site.outputs[0]!;
  const indicesA = broadcastIndices(site.inputs[0]!.shape, shape);
  const indicesB = broadcastIndices(site.inputs[1]!.shape, shape);
  const count = elementCount(shape);
  return (trace) => {
    for (let i = 0; i < count; i++)
      combine(i, a![indicesA === null ? i : indicesA[i]!]!, b![indicesB === null ? i : indicesB[i]!]!, trace);
  };
}

/** The kernel of an operator that gives one of both elements, for values of any dtype that share their quantization. */
export const elementwiseChoice = (choose: (a: number, b: number) => number): Kernel<unknown> => ({
  plan: elementwisePlan,
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const output = buffers.outputs[0]!;
    return elementwiseRun(site, buffers, (index, a, b) => {
      output[index] = choose(a, b);
    });
  },
});

/** The float32 kernel of an elementwise operator: one rounded operation, then the activation. */
export const floatElementwise = (
  combine: (a: number, b: number) => number,
): Kernel<ElementwiseAttributes> => ({
  plan: elementwisePlan,
  prepare(site, buffers) {
    const output = buffers.outputs[0] as Float32Array;
    const activate = floatActivation(site.attributes.activation);
    return elementwiseRun(site, buffers, (index, a, b) => {
      output[index] = activate(Math.fround(combine(a, b)));
    });
  },
});

/** The kernels of an elementwise operator on whole numbers without a scale: overflow wraps around, then the activation. */
export function wholeElementwise(combine: (a: bigint, b: bigint) => bigint): {
  readonly int32: Kernel<ElementwiseAttributes>;
  readonly int64: Kernel<ElementwiseAttributes>;
} {
  const kernel: Kernel<ElementwiseAttributes> = {
    plan: elementwisePlan,
    prepare(site, buffers) {
      const output = buffers.outputs[0]!;
      const isWide = output instanceof BigInt64Array;
      const activate = wholeActivation(site.attributes.activation);
      return elementwiseRun(site, buffers, (index, a, b) => {
        const value = activate(BigInt.asIntN(isWide ? 64 : 32, combine(BigInt(a), BigInt(b))));
        output[index] = isWide ? value : Number(value);
      });
    },
  };
  return { int32: kernel, int64: kernel };
}
