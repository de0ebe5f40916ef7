import {
  elementCount,
  formatShape,
  inputError,
  type Shape,
  sameShape,
  type TensorData,
} from '../core/index.js';
import { defineOp, type Kernel } from './define.js';
import { forEveryDType } from './support/move.js';
import { requireSharedQuantization } from './support/shared.js';

export interface GatherAttributes {
  /** Dimension that the indices count along. */
  readonly axis: number;
  /** Leading dimensions that input and indices have in common: each of these batches has indices of its own. */
  readonly batchDims: number;
}

/** How often, and over how many elements, indices are applied. */
function extents(shape: Shape, indices: Shape, { axis, batchDims }: GatherAttributes) {
  return {
    batches: elementCount(shape.slice(0, batchDims)),
    outer: elementCount(shape.slice(batchDims, axis)),
    length: shape[axis]!,
    count: elementCount(indices.slice(batchDims)),
    inner: elementCount(shape.slice(axis + 1)),
  };
}

/** @throws QpannError for an index that a dimension of `length` elements does not have. */
function requireWithin(indices: TensorData, length: number): void {
  for (const index of indices)
    if (index < 0 || index >= length)
      throw inputError(`gathers index ${index} of a dimension of size ${length}`);
}

/** TensorFlow Lite kernels/internal/reference/gather.h. Indices are checked in every run. */
const kernel: Kernel<GatherAttributes> = {
  prepare(site, buffers) {
    const [input, indices] = site.inputs;
    requireSharedQuantization({ ...site, inputs: [input!] });
    const [x, chosen] = buffers.inputs as [Float32Array, Int32Array];
    const output = buffers.outputs[0] as Float32Array;
    const { batches, outer, length, count, inner } = extents(input!.shape, indices!.shape, site.attributes);
    return () => {
      requireWithin(chosen, length);
      let next = 0;
      for (let batch = 0; batch < batches; batch++)
        for (let block = batch * outer; block < (batch + 1) * outer; block++)
          for (let i = batch * count; i < (batch + 1) * count; i++) {
            const start = (block * length + Number(chosen[i]!)) * inner;
            for (let k = 0; k < inner; k++) output[next++] = x[start + k]!;
          }
    };
  },
};

/** Slices of a tensor along one dimension, in the order of indices (int32 or int64). */
export const gather = defineOp({
  name: 'gather',
  inferShapes([input, indices], attributes: GatherAttributes) {
    const { axis, batchDims } = attributes;
    const [shape, chosen] = [input!.shape, indices!.shape];
    const fits = batchDims >= 0 && batchDims <= axis && axis < shape.length && batchDims <= chosen.length;
    if (!fits || !sameShape(shape.slice(0, batchDims), chosen.slice(0, batchDims)))
      throw inputError(
        `cannot gather along axis ${axis} of ${formatShape(shape)} by indices of shape ${formatShape(chosen)} with ${batchDims} batch dimensions`,
      );
    if (indices!.data !== undefined) requireWithin(indices!.data, shape[axis]!);
    return [[...shape.slice(0, axis), ...chosen.slice(batchDims), ...shape.slice(axis + 1)]];
  },
  macs: () => 0,
  quantization: { output: 'shared', indices: true, flags: [] },
  kernels: forEveryDType(kernel),
});
