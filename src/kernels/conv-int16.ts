import { type Numerics, regions } from '../core/index.js';
import type { Requantization, Site } from '../ops/index.js';
import { intoRowPairs, PIXELS_PER_BLOCK, pairsOf } from './conv-int8.js';
import type { FastKernel } from './fast-kernel.js';
import { COLUMNS, type GroupFacts, groupFacts, panelsOf } from './pack.js';
import { fitsWide, isWide, packWide, WIDE_PARAMETER_BYTES } from './pack-wide.js';
import { gatheringBytes, type LayerOf, sizesOf, type WeightedLayer } from './weighted.js';

/** Memory of the constants of one group of channels. */
function groupRegions(layer: WeightedLayer) {
  const panels = panelsOf(layer.outputChannels / layer.groups);
  const { pairs } = pairsOf(layer);
  return {
    panels,
    pairs,
    ...regions({ weights: panels * pairs * COLUMNS * 4, parameters: panels * WIDE_PARAMETER_BYTES }),
  };
}

/** The groups of channels of a layer. */
function groupsOf(site: Site<unknown>, layer: WeightedLayer, facts: Requantization): GroupFacts[] {
  const channels = layer.outputChannels / layer.groups;
  return Array.from({ length: layer.groups }, (_, group) =>
    groupFacts(site, layer, facts, group * channels, channels),
  );
}

/**
 * Any layer with weights in int16 with accumulators of 64 bits, as a convolution, if its sums fit into 32 bits.
 * @param isFixedPoint whether a site's numerics rescale this kind of layer by a fixed-point multiplier
 */
export const int16Convolution = <A>(
  layerOf: LayerOf<A>,
  isFixedPoint: (numerics: Numerics) => boolean = () => true,
): FastKernel<A> => ({
  name: 'conv_int16_4x8_dot16',
  serves(site, reference) {
    const facts = reference.requantization!(site);
    return (
      isFixedPoint(site.numerics) &&
      isWide(site, facts) &&
      groupsOf(site, layerOf(site), facts).every(fitsWide)
    );
  },
  plan(site) {
    const layer = layerOf(site);
    return {
      constantBytes: layer.groups * groupRegions(layer).bytes,
      scratchBytes: pairsOf(layer).pairs * PIXELS_PER_BLOCK * 4 + 64 + gatheringBytes(layer, 2),
    };
  },
  pack(site, constants, reference) {
    const layer = layerOf(site);
    const { panels, pairs, offsets, bytes } = groupRegions(layer);
    const groups = groupsOf(site, layer, reference.requantization!(site));
    for (const [index, group] of groups.entries()) {
      const start = constants.byteOffset + index * bytes;
      packWide(
        group,
        new Uint8Array(constants.buffer, start + offsets.parameters, panels * WIDE_PARAMETER_BYTES),
        intoRowPairs(
          layer,
          new Int16Array(constants.buffer, start + offsets.weights, panels * pairs * COLUMNS * 2),
        ),
      );
    }
  },
  bind(site, { inputs: [input], outputs: [output], constants, scratch }, reference, kernels) {
    const layer = layerOf(site);
    const { clamp } = reference.requantization!(site);
    const { offsets, bytes } = groupRegions(layer);
    const calls = Array.from({ length: layer.groups }, (_, group) => {
      const start = constants.byteOffset + group * bytes;
      return [
        input!.byteOffset + group * layer.filterChannels * 2,
        ...sizesOf(layer, 2),
        start + offsets.weights,
        start + offsets.parameters,
        clamp.min,
        clamp.max,
        output!.byteOffset + ((group * layer.outputChannels) / layer.groups) * 2,
        scratch.byteOffset,
      ];
    });
    return () => {
      for (const call of calls) kernels.conv_int16_4x8_dot16(...call);
    };
  },
});
