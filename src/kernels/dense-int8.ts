import { type Numerics, regions } from '../core/index.js';
import type { Activation } from '../ops/index.js';
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
import { denseLayer, hasConstantParameters, type WeightedLayer } from './weighted.js';

/** Memory of the constants. */
function constantRegions({ outputChannels, taps }: WeightedLayer) {
  const panels = panelsOf(outputChannels);
  const pairs = Math.ceil(taps / 2);
  return {
    panels,
    pairs,
    ...regions({
      weights: panels * pairs * COLUMNS * 2,
      bias: panels * COLUMNS * 4,
      parameters: panels * PANEL_PARAMETER_BYTES,
    }),
  };
}

/**
 * fully_connected of one row, whose int8 weights stay int8 in memory: reading them is what it costs.
 * @param isFixedPoint whether a site's numerics rescale this kind of layer by a fixed-point multiplier
 */
export const int8DenseRow = (
  isFixedPoint: (numerics: Numerics) => boolean,
): FastKernel<{ readonly activation: Activation }> => ({
  name: 'dense_int8_8_dot16',
  serves(site, reference) {
    const facts = reference.requantization!(site);
    return (
      denseLayer(site).outputWidth === 1 &&
      hasConstantParameters(site) &&
      isFixedPoint(site.numerics) &&
      canRequantize(site, facts) &&
      site.inputs[1]!.dtype === 'int8' &&
      facts.weightZeroPoints!.every((zeroPoint) => zeroPoint === 0)
    );
  },
  plan(site) {
    const layer = denseLayer(site);
    return { constantBytes: constantRegions(layer).bytes, scratchBytes: layer.taps * 2 + 16 };
  },
  pack(site, constants, reference) {
    const layer = denseLayer(site);
    const { panels, pairs, offsets } = constantRegions(layer);
    const start = constants.byteOffset;
    const packed = new Int8Array(constants.buffer, start + offsets.weights, panels * pairs * COLUMNS * 2);
    const group = groupFacts(site, layer, reference.requantization!(site), 0, layer.outputChannels);
    packPanels(
      { ...group, isExact: true },
      new Int32Array(constants.buffer, start + offsets.bias, panels * COLUMNS),
      new Uint8Array(constants.buffer, start + offsets.parameters, panels * PANEL_PARAMETER_BYTES),
      (panel, tap, lane, weight) => {
        packed[((panel * pairs + (tap >> 1)) * COLUMNS + lane) * 2 + (tap & 1)] = weight;
      },
    );
  },
  bind(site, { inputs: [input], outputs: [output], constants, scratch }, reference, kernels) {
    const layer = denseLayer(site);
    const { outputZeroPoint, clamp } = reference.requantization!(site);
    const { offsets } = constantRegions(layer);
    const call = [
      input!.byteOffset,
      layer.taps,
      layer.outputChannels,
      constants.byteOffset + offsets.weights,
      constants.byteOffset + offsets.bias,
      constants.byteOffset + offsets.parameters,
      outputZeroPoint,
      clamp.min,
      clamp.max,
      roundingAddend(site.numerics.rounding),
      output!.byteOffset,
      scratch.byteOffset,
    ];
    return () => kernels.dense_int8_8_dot16(...call);
  },
});
