import { regions } from '../core/index.js';
import { ACTIVATION_BOUNDS, type ConvolutionAttributes } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';
import { COLUMNS } from './pack.js';
import {
  depthwiseLayer,
  depthwiseSizesOf,
  hasConstantParameters,
  hasFiniteWeights,
  hasOneOutputPerInput,
  parametersOf,
  type WeightedLayer,
} from './weighted.js';

function constantRegions({ outputChannels, taps }: WeightedLayer) {
  const panels = Math.ceil(outputChannels / COLUMNS);
  return {
    panels,
    ...regions({
      weights: panels * taps * COLUMNS * 4,
      bias: panels * COLUMNS * 4,
      padding: panels * COLUMNS * 4,
    }),
  };
}

/** depthwise_conv_2d in float32 with one output channel for each input channel. */
export const floatDepthwise: FastKernel<ConvolutionAttributes> = {
  name: 'depthwise_float32_8',
  serves: (site) =>
    hasConstantParameters(site) && hasOneOutputPerInput(depthwiseLayer(site)) && hasFiniteWeights(site),
  plan(site) {
    const layer = depthwiseLayer(site);
    return { constantBytes: constantRegions(layer).bytes, scratchBytes: layer.taps * 4 + 48 };
  },
  pack(site, constants) {
    const layer = depthwiseLayer(site);
    const { weights, bias } = parametersOf(site);
    const { panels, offsets } = constantRegions(layer);
    const start = constants.byteOffset;
    const packed = new Float32Array(constants.buffer, start + offsets.weights, panels * layer.taps * COLUMNS);
    const packedBias = new Float32Array(constants.buffer, start + offsets.bias, panels * COLUMNS);
    for (let channel = 0; channel < layer.outputChannels; channel++) {
      const first = Math.floor(channel / COLUMNS) * layer.taps * COLUMNS + (channel % COLUMNS);
      for (let tap = 0; tap < layer.taps; tap++)
        packed[first + tap * COLUMNS] = Number(weights[layer.weightAt(channel, tap)]);
      packedBias[channel] = Number(bias?.[channel] ?? 0);
    }
  },
  bind(site, { inputs: [input], outputs: [output], constants, scratch }, _reference, kernels) {
    const layer = depthwiseLayer(site);
    const { offsets } = constantRegions(layer);
    const start = constants.byteOffset;
    const call = [
      input!.byteOffset,
      ...depthwiseSizesOf(layer),
      start + offsets.weights,
      start + offsets.bias,
      start + offsets.padding,
      ...ACTIVATION_BOUNDS[site.attributes.activation],
      output!.byteOffset,
      scratch.byteOffset,
    ];
    return () => kernels.depthwise_float32_8(...call);
  },
};
