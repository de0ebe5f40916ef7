import { regions } from '../core/index.js';
import type { ConvolutionAttributes } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';
import {
  COLUMNS,
  canRequantize,
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
  parametersOf,
  type WeightedLayer,
} from './weighted.js';

/** How a kernel wants its weights: pairs of taps that it multiplies in one instruction. */
interface PairedTaps {
  pairs(taps: number): number;
  /** The position of a tap among the members of all pairs. */
  place(tap: number): number;
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
  name: 'depthwise_int8_8_dot16' | 'depthwise_3x3_int8_8_dot16',
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
    const pairs = pairsOf(layer.taps);
    return { constantBytes: constantRegions(layer, pairs).bytes, scratchBytes: pairs * 8 + 16 };
  },
  pack(site, constants, reference) {
    const layer = depthwiseLayer(site);
    const facts = reference.requantization!(site);
    const { weights, bias } = parametersOf(site);
    const pairs = pairsOf(layer.taps);
    const { panels, offsets } = constantRegions(layer, pairs);
    const start = constants.byteOffset;
    const packed = new Int16Array(constants.buffer, start + offsets.weights, panels * pairs * COLUMNS * 2);
    packPanels(
      {
        firstChannel: 0,
        channels: layer.outputChannels,
        taps: layer.taps,
        weight: (channel, tap) =>
          Number(weights[layer.weightAt(channel, tap)]) - facts.weightZeroPoints![channel]!,
        bias,
        facts,
        rounding: site.numerics.rounding,
      },
      new Int32Array(constants.buffer, start + offsets.bias, panels * COLUMNS),
      new Uint8Array(constants.buffer, start + offsets.parameters, panels * PANEL_PARAMETER_BYTES),
      (panel, tap, lane, weight) => {
        const member = place(tap);
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
    const { offsets } = constantRegions(layer, pairsOf(layer.taps));
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
  pairs: (taps) => Math.ceil(taps / 2),
  place: (tap) => tap,
});

/** The same for windows of 3×3: upper and middle tap of a column make a pair, the lower one is alone. */
export const int8Depthwise3x3 = depthwise(
  'depthwise_3x3_int8_8_dot16',
  ({ filterHeight, filterWidth, strideWidth, dilationHeight, dilationWidth }) =>
    filterHeight === 3 && filterWidth === 3 && strideWidth <= 2 && dilationHeight * dilationWidth === 1,
  { pairs: () => 6, place: (tap) => (tap % 3) * 4 + Math.floor(tap / 3) },
);
