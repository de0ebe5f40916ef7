import { regions } from '../core/index.js';
import type { ConvolutionAttributes, Requantization, Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';
import { COLUMNS, type GroupFacts, groupFacts, panelsOf } from './pack.js';
import { fitsWide, isWide, packWide, WIDE_PARAMETER_BYTES } from './pack-wide.js';
import { depthwiseLayer, depthwiseSizesOf, hasOneOutputPerInput, type WeightedLayer } from './weighted.js';

function constantRegions({ outputChannels, taps }: WeightedLayer) {
  const panels = panelsOf(outputChannels);
  const pairs = Math.ceil(taps / 2);
  return {
    panels,
    pairs,
    ...regions({
      weights: panels * pairs * COLUMNS * 4,
      parameters: panels * WIDE_PARAMETER_BYTES,
      padding: panels * COLUMNS * 2,
    }),
  };
}

/** All channels: each has taps of its own. */
const channelsOf = (site: Site<unknown>, layer: WeightedLayer, facts: Requantization): GroupFacts =>
  groupFacts(site, layer, facts, 0, layer.outputChannels);

/** depthwise_conv_2d in int16 with accumulators of 64 bits and one output channel for each input channel, if its sums fit into 32 bits. */
export const int16Depthwise: FastKernel<ConvolutionAttributes> = {
  name: 'depthwise_int16_8_dot16',
  serves(site, reference) {
    const layer = depthwiseLayer(site);
    const facts = reference.requantization!(site);
    return hasOneOutputPerInput(layer) && isWide(site, facts) && fitsWide(channelsOf(site, layer, facts));
  },
  plan(site) {
    const layer = depthwiseLayer(site);
    const { pairs, bytes } = constantRegions(layer);
    return { constantBytes: bytes, scratchBytes: pairs * 8 };
  },
  pack(site, constants, reference) {
    const layer = depthwiseLayer(site);
    const { panels, pairs, offsets } = constantRegions(layer);
    const start = constants.byteOffset;
    const packed = new Int16Array(constants.buffer, start + offsets.weights, panels * pairs * COLUMNS * 2);
    packWide(
      channelsOf(site, layer, reference.requantization!(site)),
      new Uint8Array(constants.buffer, start + offsets.parameters, panels * WIDE_PARAMETER_BYTES),
      (panel, tap, lane, weight) => {
        packed[((panel * pairs + (tap >> 1)) * COLUMNS + lane) * 2 + (tap & 1)] = weight;
      },
    );
  },
  bind(site, { inputs: [input], outputs: [output], constants, scratch }, reference, kernels) {
    const layer = depthwiseLayer(site);
    const { clamp } = reference.requantization!(site);
    const { offsets } = constantRegions(layer);
    const start = constants.byteOffset;
    const call = [
      input!.byteOffset,
      ...depthwiseSizesOf(layer),
      start + offsets.weights,
      start + offsets.parameters,
      start + offsets.padding,
      clamp.min,
      clamp.max,
      output!.byteOffset,
      scratch.byteOffset,
    ];
    return () => kernels.depthwise_int16_8_dot16(...call);
  },
};
