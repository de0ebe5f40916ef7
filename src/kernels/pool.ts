import { sameQuantization } from '../core/index.js';
import { ACTIVATION_BOUNDS, type PoolAttributes, poolGeometry, type Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';

/** Sizes between the input's address and the clamp. A pixel has `bytes` for each channel. */
function sizesOf({ inputs: [input], attributes }: Site<PoolAttributes>, bytes: number): readonly number[] {
  const geometry = poolGeometry(input!, attributes);
  return [
    geometry.batches,
    geometry.inputHeight,
    geometry.inputWidth,
    geometry.channels * bytes,
    geometry.filterHeight,
    geometry.filterWidth,
    geometry.strideHeight,
    geometry.strideWidth,
    geometry.padTop,
    geometry.padLeft,
    geometry.outputHeight,
    geometry.outputWidth,
  ];
}

/** Codes of the operators in `assembly/pool.ts`. */
const CODES = { averageFloat32: 0, maxFloat32: 1, averageInt8: 2, maxInt8: 3 } as const;

type Kind = 'average' | 'max';

/** Pooling in float32. */
export const floatPool = (kind: Kind): FastKernel<PoolAttributes> => ({
  name: 'pool_16',
  serves: () => true,
  plan: () => ({}),
  bind(site, { inputs: [input], outputs: [output] }, _reference, kernels) {
    const bounds = ACTIVATION_BOUNDS[site.attributes.activation];
    const call = [
      CODES[`${kind}Float32`],
      input!.byteOffset,
      ...sizesOf(site, 4),
      ...bounds,
      output!.byteOffset,
    ];
    return () => kernels.pool_16(...call);
  },
});

/** Columns and elements of a window over which the kernel's means are exact. */
const MOST_COLUMNS = 255;
const MOST_ELEMENTS = 65535;

/** Pooling in int8. */
export const int8Pool = (kind: Kind): FastKernel<PoolAttributes> => ({
  name: 'pool_16',
  serves: ({ inputs: [input], outputs: [output], attributes: { filter } }) =>
    sameQuantization(input!.quantization, output!.quantization) &&
    filter[1] <= MOST_COLUMNS &&
    filter[0] * filter[1] <= MOST_ELEMENTS,
  plan: () => ({}),
  bind(site, { inputs: [input], outputs: [output] }, reference, kernels) {
    const { clamp } = reference.requantization!(site);
    const call = [
      CODES[`${kind}Int8`],
      input!.byteOffset,
      ...sizesOf(site, 1),
      clamp.min,
      clamp.max,
      output!.byteOffset,
    ];
    return () => kernels.pool_16(...call);
  },
});
