import { elementCount, formatShape, inputError, type Shape } from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { forEveryDType } from './support/move.js';
import { requireSharedQuantization } from './support/shared.js';

export interface ReshapeAttributes {
  readonly shape: Shape;
}

const kernel: Kernel<ReshapeAttributes> = {
  plan: () => ({ inPlace: true }),
  origins:
    ({ inputs: [input] }) =>
    () =>
      Int32Array.from({ length: elementCount(input!.shape) }, (_, i) => i),
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const [x] = buffers.inputs as Float32Array[];
    const output = buffers.outputs[0] as Float32Array;
    return () => output.set(x!);
  },
};

/** The same elements in the same order, in another shape. */
export const reshape = defineOp({
  name: 'reshape',
  inferShapes([input], { shape }: ReshapeAttributes) {
    if (elementCount(shape) !== elementCount(input!.shape))
      throw inputError(
        `cannot give an input of shape ${formatShape(input!.shape)} the shape ${formatShape(shape)}`,
      );
    return [[...shape]];
  },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: forEveryDType(kernel),
});
