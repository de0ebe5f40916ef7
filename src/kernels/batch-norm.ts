import { regions } from '../core/index.js';
import { type BatchNormAttributes, batchNormScales, type Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';

const channelsOf = ({ inputs: [input] }: Site<unknown>): number => input!.shape.at(-1)!;

function constantRegions(channels: number) {
  const bytes = channels * 4;
  return regions({ means: bytes, scales: bytes, offsets: bytes });
}

/** What (x − mean)·scale + offset takes for each channel. */
export function normParameters({ inputs, attributes }: Site<BatchNormAttributes>): {
  readonly means: Float32Array;
  readonly scales: Float32Array;
  readonly offsets: Float32Array;
} {
  const [gamma, beta, mean, variance] = inputs.slice(1).map(({ data }) => data as Float32Array);
  return { means: mean!, scales: batchNormScales(gamma!, variance!, attributes), offsets: beta! };
}

/** batch_norm with constant parameters. */
export const floatBatchNorm: FastKernel<BatchNormAttributes> = {
  name: 'batch_norm_float32_4',
  serves: ({ inputs }) => inputs.slice(1).every(({ data }) => data !== undefined),
  plan: (site) => ({ constantBytes: constantRegions(channelsOf(site)).bytes, inPlace: true }),
  pack(site, { buffer, byteOffset }) {
    const channels = channelsOf(site);
    const { offsets } = constantRegions(channels);
    const parameters = normParameters(site);
    const region = (offset: number) => new Float32Array(buffer, byteOffset + offset, channels);
    region(offsets.means).set(parameters.means);
    region(offsets.scales).set(parameters.scales);
    region(offsets.offsets).set(parameters.offsets);
  },
  bind(site, { inputs: [input], outputs: [output], constants }, _reference, kernels) {
    const channels = channelsOf(site);
    const { offsets } = constantRegions(channels);
    const call = [
      input!.byteOffset,
      output!.byteOffset,
      output!.length / channels,
      channels * 4,
      constants.byteOffset,
      offsets.scales,
    ];
    return () => kernels.batch_norm_float32_4(...call);
  },
};
