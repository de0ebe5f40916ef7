import { bytesPerElement, elementCount, sameQuantization } from '../core/index.js';
import { type ResizeAttributes, resizeNeighbours, type Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';

/** Numbers of an entry of the tables of `assembly/resize-bilinear.ts`. */
const ENTRY_LENGTH = 3;

type Sizes = readonly [number, number, number, number];

const outputOf = ({ outputs: [output] }: Site<unknown>): Sizes => output!.shape as unknown as Sizes;

/** Distances are 16 bits wide. */
const LARGEST_DISTANCE = 32767 - 1024;

/** resize_bilinear in float32 or int8. */
export const bilinear = (dtype: 'float32' | 'int8'): FastKernel<ResizeAttributes> => ({
  name: 'resize_bilinear_16',
  serves: (site) =>
    sameQuantization(site.inputs[0]!.quantization, site.outputs[0]!.quantization) &&
    (dtype === 'float32' ||
      (site.outputs[0]!.quantization!.bits === 8 &&
        [1, 2].every((dimension) =>
          resizeNeighbours(site, dimension).every(({ distance }) => Math.abs(distance) <= LARGEST_DISTANCE),
        ))),
  plan(site) {
    const [, height, width] = outputOf(site);
    return { constantBytes: (height + width) * ENTRY_LENGTH * 4 };
  },
  pack(site, { buffer, byteOffset, byteLength }) {
    const bytes = bytesPerElement(dtype);
    const [, , width, channels] = site.inputs[0]!.shape as unknown as Sizes;
    const length = byteLength / 4;
    const offsets = new Uint32Array(buffer, byteOffset, length);
    const distances =
      dtype === 'float32'
        ? new Float32Array(buffer, byteOffset, length)
        : new Int32Array(buffer, byteOffset, length);
    const steps = [width * channels * bytes, channels * bytes];
    let next = 0;
    steps.forEach((step, i) => {
      for (const { before, after, distance } of resizeNeighbours(site, i + 1)) {
        offsets[next] = before * step;
        offsets[next + 1] = after * step;
        distances[next + 2] = distance;
        next += ENTRY_LENGTH;
      }
    });
  },
  bind(site, { inputs: [input], outputs: [output], constants }, _reference, kernels) {
    const bytes = bytesPerElement(dtype);
    const [batches, height, width, channels] = outputOf(site);
    const call = [
      dtype === 'float32' ? 1 : 0,
      input!.byteOffset,
      output!.byteOffset,
      batches,
      (elementCount(site.inputs[0]!.shape) / batches) * bytes,
      height,
      width,
      channels * bytes,
      constants.byteOffset,
      constants.byteOffset + height * ENTRY_LENGTH * 4,
    ];
    return () => kernels.resize_bilinear_16(...call);
  },
});
