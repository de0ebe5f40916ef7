import { regions } from '../core/index.js';
import { type Activation, isPaddingExact } from '../ops/index.js';
import { absorbsEpilogue, type Epilogue, epilogueOf, normBytes, packNorm } from './epilogue.js';
import type { FastKernel } from './fast-kernel.js';
import { COLUMNS, panelsOf } from './pack.js';
import {
  gatheringBytes,
  hasConstantParameters,
  type LayerOf,
  parametersOf,
  sizesOf,
  type WeightedLayer,
} from './weighted.js';

/** Memory of the constants of one group of channels. */
function groupRegions({ groups, outputChannels, taps }: WeightedLayer, epilogue: Epilogue) {
  const panels = panelsOf(outputChannels / groups);
  return {
    panels,
    ...regions({
      weights: panels * taps * COLUMNS * 4,
      bias: panels * COLUMNS * 4,
      norm: normBytes(epilogue, panels),
    }),
  };
}

/** Any layer with weights in float32, as a convolution. */
export const floatConvolution = <A extends { readonly activation: Activation }>(
  layerOf: LayerOf<A>,
): FastKernel<A> => ({
  name: 'conv_float32_4x8',
  serves: (site) => hasConstantParameters(site) && isPaddingExact(site),
  absorbs: absorbsEpilogue,
  plan(site, _reference, followers = []) {
    const layer = layerOf(site);
    const epilogue = epilogueOf(site.attributes.activation, followers)!;
    return {
      constantBytes: layer.groups * groupRegions(layer, epilogue).bytes,
      scratchBytes: gatheringBytes(layer, 4) + 16,
    };
  },
  pack(site, constants, _reference, followers = []) {
    const layer = layerOf(site);
    const { weights, bias } = parametersOf(site);
    const epilogue = epilogueOf(site.attributes.activation, followers)!;
    const { panels, offsets, bytes } = groupRegions(layer, epilogue);
    const channels = layer.outputChannels / layer.groups;
    for (let group = 0; group < layer.groups; group++) {
      const start = constants.byteOffset + group * bytes;
      const packed = new Float32Array(
        constants.buffer,
        start + offsets.weights,
        panels * layer.taps * COLUMNS,
      );
      const packedBias = new Float32Array(constants.buffer, start + offsets.bias, panels * COLUMNS);
      packNorm(epilogue, constants.buffer, start + offsets.norm, group * channels, channels);
      for (let column = 0; column < channels; column++) {
        const channel = group * channels + column;
        const first = Math.floor(column / COLUMNS) * layer.taps * COLUMNS + (column % COLUMNS);
        for (let tap = 0; tap < layer.taps; tap++)
          packed[first + tap * COLUMNS] = Number(weights[layer.weightAt(channel, tap)]);
        packedBias[column] = Number(bias?.[channel] ?? 0);
      }
    }
  },
  bind(
    site,
    { inputs: [input], outputs: [output], constants, scratch },
    _reference,
    kernels,
    followers = [],
  ) {
    const layer = layerOf(site);
    const epilogue = epilogueOf(site.attributes.activation, followers)!;
    const { offsets, bytes } = groupRegions(layer, epilogue);
    const calls = Array.from({ length: layer.groups }, (_, group) => {
      const start = constants.byteOffset + group * bytes;
      return [
        input!.byteOffset + group * layer.filterChannels * 4,
        ...sizesOf(layer, 4),
        start + offsets.weights,
        site.inputs[2] === undefined ? 0 : start + offsets.bias,
        epilogue.norm === undefined ? 0 : start + offsets.norm,
        ...epilogue.bounds,
        output!.byteOffset + ((group * layer.outputChannels) / layer.groups) * 4,
        scratch.byteOffset,
      ];
    });
    return () => {
      for (const call of calls) kernels.conv_float32_4x8(...call);
    };
  },
});
