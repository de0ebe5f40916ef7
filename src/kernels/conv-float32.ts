import { regions } from '../core/index.js';
import { ACTIVATION_BOUNDS, type Activation } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';
import { COLUMNS, panelsOf } from './pack.js';
import {
  hasConstantParameters,
  hasFiniteWeights,
  type LayerOf,
  parametersOf,
  sizesOf,
  type WeightedLayer,
} from './weighted.js';

/** Pixels that are computed together. */
const PIXELS = 4;

/** Memory of the constants of one group of channels. */
function groupRegions({ groups, outputChannels, taps }: WeightedLayer) {
  const panels = panelsOf(outputChannels / groups);
  return {
    panels,
    ...regions({ weights: panels * taps * COLUMNS * 4, bias: panels * COLUMNS * 4 }),
  };
}

/** Any layer with weights in float32, as a convolution. */
export const floatConvolution = <A extends { readonly activation: Activation }>(
  layerOf: LayerOf<A>,
): FastKernel<A> => ({
  name: 'conv_float32_4x8',
  serves: (site) => hasConstantParameters(site) && hasFiniteWeights(site),
  plan(site) {
    const layer = layerOf(site);
    return {
      constantBytes: layer.groups * groupRegions(layer).bytes,
      scratchBytes: PIXELS * layer.taps * 4 + 256,
    };
  },
  pack(site, constants) {
    const layer = layerOf(site);
    const { weights, bias } = parametersOf(site);
    const { panels, offsets, bytes } = groupRegions(layer);
    const channels = layer.outputChannels / layer.groups;
    for (let group = 0; group < layer.groups; group++) {
      const start = constants.byteOffset + group * bytes;
      const packed = new Float32Array(
        constants.buffer,
        start + offsets.weights,
        panels * layer.taps * COLUMNS,
      );
      const packedBias = new Float32Array(constants.buffer, start + offsets.bias, panels * COLUMNS);
      for (let column = 0; column < channels; column++) {
        const channel = group * channels + column;
        const first = Math.floor(column / COLUMNS) * layer.taps * COLUMNS + (column % COLUMNS);
        for (let tap = 0; tap < layer.taps; tap++)
          packed[first + tap * COLUMNS] = Number(weights[layer.weightAt(channel, tap)]);
        packedBias[column] = Number(bias?.[channel] ?? 0);
      }
    }
  },
  bind(site, { inputs: [input], outputs: [output], constants, scratch }, _reference, kernels) {
    const layer = layerOf(site);
    const { offsets, bytes } = groupRegions(layer);
    const calls = Array.from({ length: layer.groups }, (_, group) => {
      const start = constants.byteOffset + group * bytes;
      return [
        input!.byteOffset + group * layer.filterChannels * 4,
        ...sizesOf(layer, 4),
        start + offsets.weights,
        start + offsets.bias,
        ...ACTIVATION_BOUNDS[site.attributes.activation],
        output!.byteOffset + ((group * layer.outputChannels) / layer.groups) * 4,
        scratch.byteOffset,
      ];
    });
    return () => {
      for (const call of calls) kernels.conv_float32_4x8(...call);
    };
  },
});
