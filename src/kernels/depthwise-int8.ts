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
  /** The positions of a tap among the members of all pairs. */
  places(tap: number, layer: WeightedLayer): readonly number[];
}

/** Zero point and clamp as the kernel for 3×3 keeps them. */
const LIMITS_BYTES = 48;

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
  name: 'depthwise_int8_8_dot16' | 'depthwise_3x3_int8_8_dot16' | 'depthwise_5x5_int8_8_dot16',
  servesWindow: (layer: WeightedLayer) => boolean,
  { pairs: pairsOf, places }: PairedTaps,
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
    return {
      constantBytes: constantRegions(layer, pairs).bytes,
      scratchBytes: pairs * 8 + 16 + LIMITS_BYTES,
    };
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
        for (const member of places(tap, layer))
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
  places: (tap) => [tap],
});

/** Whether a window is square and moves by one or two columns at a time. */
const isSquare = (
  { filterHeight, filterWidth, strideWidth, dilationHeight, dilationWidth }: WeightedLayer,
  size: number,
): boolean =>
  filterHeight === size && filterWidth === size && strideWidth <= 2 && dilationHeight * dilationWidth === 1;

/** The same for windows of 3×3: columns are paired with each other in the lowest row, each above (`assembly/depthwise-3x3-int8.ts`). */
export const int8Depthwise3x3 = depthwise('depthwise_3x3_int8_8_dot16', (layer) => isSquare(layer, 3), {
  pairs: () => 7,
  places(tap) {
    const ky = Math.floor(tap / 3);
    const kx = tap % 3;
    return ky < 2 ? [2 * kx + ky] : [2 * (5 - kx), 2 * (6 - kx) + 1];
  },
});

/** Narrowest output for which 5×5 pays: columns beside the image are computed for outputs that there are not. */
const NARROWEST = 12;

/** The same for windows of 5×5: pairs are in columns, of which the last tap is alone. */
export const int8Depthwise5x5 = depthwise(
  'depthwise_5x5_int8_8_dot16',
  (layer) => isSquare(layer, 5) && layer.outputWidth >= NARROWEST,
  {
    pairs: () => 15,
    places: (tap) => [(tap % 5) * 6 + Math.floor(tap / 5)],
  },
);
