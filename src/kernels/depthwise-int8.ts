import { regions } from '../core/index.js';
import type { ConvolutionAttributes } from '../ops/index.js';
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
  depthwiseLayer,
  depthwiseSizesOf,
  hasConstantParameters,
  hasOneOutputPerInput,
  type WeightedLayer,
} from './weighted.js';

/** How a kernel wants its weights: pairs of taps that it multiplies in one instruction. */
interface PairedTaps {
  pairs(layer: WeightedLayer): number;
  /** The position of a tap among the members of all pairs. */
  place(tap: number, layer: WeightedLayer): number;
}

function constantRegions({ outputChannels }: WeightedLayer, pairs: number) {
  const panels = panelsOf(outputChannels);
  return {
    panels,
    ...regions({
      weights: panels * pairs * COLUMNS * 4,
      bias: panels * COLUMNS * 4,
      parameters: panels * PANEL_PARAMETER_BYTES,
      padding: panels * COLUMNS,
    }),
  };
}

const depthwise = (
  name: 'depthwise_int8_8_dot16' | 'depthwise_square_int8_8_dot16',
  servesWindow: (layer: WeightedLayer) => boolean,
  { pairs: pairsOf, place }: PairedTaps,
): FastKernel<ConvolutionAttributes> => ({
  name,
  serves(site, reference) {
    const layer = depthwiseLayer(site);
    return (
      hasConstantParameters(site) &&
      hasOneOutputPerInput(layer) &&
      servesWindow(layer) &&
      canRequantize(site, reference.requantization!(site))
    );
  },
  plan(site) {
    const layer = depthwiseLayer(site);
    const pairs = pairsOf(layer);
    return { constantBytes: constantRegions(layer, pairs).bytes, scratchBytes: pairs * 8 + 16 };
  },
  pack(site, constants, reference) {
    const layer = depthwiseLayer(site);
    const facts = reference.requantization!(site);
    const pairs = pairsOf(layer);
    const { panels, offsets } = constantRegions(layer, pairs);
    const start = constants.byteOffset;
    const packed = new Int16Array(constants.buffer, start + offsets.weights, panels * pairs * COLUMNS * 2);
    packPanels(
      groupFacts(site, layer, facts, 0, layer.outputChannels),
      new Int32Array(constants.buffer, start + offsets.bias, panels * COLUMNS),
      new Uint8Array(constants.buffer, start + offsets.parameters, panels * PANEL_PARAMETER_BYTES),
      (panel, tap, lane, weight) => {
        const member = place(tap, layer);
        packed[((panel * pairs + (member >> 1)) * COLUMNS + lane) * 2 + (member & 1)] = weight;
      },
    );
    new Int8Array(constants.buffer, start + offsets.padding, panels * COLUMNS).fill(
      facts.inputZeroPoints[0]!,
    );
  },
  bind(site, { inputs: [input], outputs: [output], constants, scratch }, reference, kernels) {
    const layer = depthwiseLayer(site);
    const { outputZeroPoint, clamp } = reference.requantization!(site);
    const { offsets } = constantRegions(layer, pairsOf(layer));
    const start = constants.byteOffset;
    const call = [
      input!.byteOffset,
      ...depthwiseSizesOf(layer),
      start + offsets.weights,
      start + offsets.bias,
      start + offsets.parameters,
      start + offsets.padding,
      outputZeroPoint,
      clamp.min,
      clamp.max,
      roundingAddend(site.numerics.rounding),
      output!.byteOffset,
      scratch.byteOffset,
    ];
    return () => kernels[name](...call);
  },
});

/** depthwise_conv_2d in int8 with one output channel for each input channel: any window. */
export const int8Depthwise = depthwise('depthwise_int8_8_dot16', () => true, {
  pairs: ({ taps }) => Math.ceil(taps / 2),
  place: (tap) => tap,
});

/** Narrowest output for which 5×5 pays: columns beside the image are computed for outputs that there are not. */
const NARROWEST = 12;

/** The same for windows of 3×3 and 5×5: pairs are in columns, of which the last tap is alone. */
export const int8DepthwiseSquare = depthwise(
  'depthwise_square_int8_8_dot16',
  ({ filterHeight, filterWidth, strideWidth, dilationHeight, dilationWidth, outputWidth }) =>
    filterHeight === filterWidth &&
    (filterWidth === 3 || (filterWidth === 5 && outputWidth >= NARROWEST)) &&
    strideWidth <= 2 &&
    dilationHeight * dilationWidth === 1,
  {
    pairs: ({ filterWidth }) => (filterWidth * (filterWidth + 1)) / 2,
    place: (tap, { filterWidth }) => (tap % filterWidth) * (filterWidth + 1) + Math.floor(tap / filterWidth),
  },
);
