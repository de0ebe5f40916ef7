import { type Numerics, regions } from '../core/index.js';
import type { FastKernel } from './fast-kernel.js';
import {
  COLUMNS,
  canRequantize,
  groupFacts,
  PANEL_PARAMETER_BYTES,
  packPanels,
  panelsOf,
  roundingAddend,
} from './pack.js';
import {
  gatheringBytes,
  hasConstantParameters,
  type LayerOf,
  sizesOf,
  type WeightedLayer,
} from './weighted.js';

/** Pixels whose windows are widened or interleaved before the weights go over them. */
export const PIXELS_PER_BLOCK = 32;

/** Pairs of taps of one row of a window, filled up, and of all. */
export function pairsOf({ filterWidth, filterHeight, filterChannels }: WeightedLayer) {
  const rowPairs = Math.ceil((filterWidth * filterChannels) / 2);
  return { rowPairs, pairs: filterHeight * rowPairs };
}

/** Puts the weight of a tap of a lane of a panel where the convolutions of integers read it: rows of a window start with a pair. */
export function intoRowPairs(layer: WeightedLayer, packed: Int16Array) {
  const { rowPairs, pairs } = pairsOf(layer);
  const row = layer.filterWidth * layer.filterChannels;
  return (panel: number, tap: number, lane: number, weight: number): void => {
    const inRow = tap % row;
    const pair = panel * pairs + Math.floor(tap / row) * rowPairs + (inRow >> 1);
    packed[(pair * COLUMNS + lane) * 2 + (inRow & 1)] = weight;
  };
}

/** Memory of the constants of one group of channels. */
function groupRegions(layer: WeightedLayer) {
  const panels = panelsOf(layer.outputChannels / layer.groups);
  const { pairs } = pairsOf(layer);
  return {
    panels,
    pairs,
    ...regions({
      weights: panels * pairs * COLUMNS * 4,
      bias: panels * COLUMNS * 4,
      parameters: panels * PANEL_PARAMETER_BYTES,
    }),
  };
}

/**
 * Any layer with weights in int8, as a convolution.
 * @param isFixedPoint whether a site's numerics rescale this kind of layer by a fixed-point multiplier
 */
export const int8Convolution = <A>(
  layerOf: LayerOf<A>,
  isFixedPoint: (numerics: Numerics) => boolean = () => true,
): FastKernel<A> => ({
  name: 'conv_int8_4x8_dot16',
  serves: (site, reference) =>
    hasConstantParameters(site) &&
    isFixedPoint(site.numerics) &&
    canRequantize(site, reference.requantization!(site)),
  plan(site) {
    const layer = layerOf(site);
    return {
      constantBytes: layer.groups * groupRegions(layer).bytes,
      scratchBytes: pairsOf(layer).pairs * PIXELS_PER_BLOCK * 4 + 64 + gatheringBytes(layer, 1) + 32,
    };
  },
  pack(site, constants, reference) {
    const layer = layerOf(site);
    const facts = reference.requantization!(site);
    const { panels, pairs, offsets, bytes } = groupRegions(layer);
    const channels = layer.outputChannels / layer.groups;
    for (let group = 0; group < layer.groups; group++) {
      const start = constants.byteOffset + group * bytes;
      packPanels(
        groupFacts(site, layer, facts, group * channels, channels),
        new Int32Array(constants.buffer, start + offsets.bias, panels * COLUMNS),
        new Uint8Array(constants.buffer, start + offsets.parameters, panels * PANEL_PARAMETER_BYTES),
        intoRowPairs(
          layer,
          new Int16Array(constants.buffer, start + offsets.weights, panels * pairs * COLUMNS * 2),
        ),
      );
    }
  },
  bind(site, { inputs: [input], outputs: [output], constants, scratch }, reference, kernels) {
    const layer = layerOf(site);
    const { inputZeroPoints, outputZeroPoint, clamp } = reference.requantization!(site);
    const { offsets, bytes } = groupRegions(layer);
    const calls = Array.from({ length: layer.groups }, (_, group) => {
      const start = constants.byteOffset + group * bytes;
      return [
        input!.byteOffset + group * layer.filterChannels,
        ...sizesOf(layer, 1),
        start + offsets.weights,
        start + offsets.bias,
        start + offsets.parameters,
        inputZeroPoints[0]!,
        outputZeroPoint,
        clamp.min,
        clamp.max,
        roundingAddend(site.numerics.rounding),
        output!.byteOffset + (group * layer.outputChannels) / layer.groups,
        scratch.byteOffset,
      ];
    });
    return () => {
      for (const call of calls) kernels.conv_int8_4x8_dot16(...call);
    };
  },
});
