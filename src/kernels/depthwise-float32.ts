import { regions } from '../core/index.js';
import { type ConvolutionAttributes, isPaddingExact } from '../ops/index.js';
import { absorbsEpilogue, type Epilogue, epilogueOf, normBytes, packNorm } from './epilogue.js';
import type { FastKernel } from './fast-kernel.js';
import { COLUMNS } from './pack.js';
import {
  depthwiseLayer,
  depthwiseSizesOf,
  hasConstantParameters,
  hasOneOutputPerInput,
  parametersOf,
  type WeightedLayer,
} from './weighted.js';

function constantRegions({ outputChannels, taps }: WeightedLayer, epilogue: Epilogue) {
  const panels = Math.ceil(outputChannels / COLUMNS);
  return {
    panels,
    ...regions({
      weights: panels * taps * COLUMNS * 4,
      bias: panels * COLUMNS * 4,
      padding: panels * COLUMNS * 4,
      norm: normBytes(epilogue, panels),
    }),
  };
}

const depthwise = (
  name: 'depthwise_float32_8' | 'depthwise_float32_4x4',
  servesWindow: (layer: WeightedLayer) => boolean,
): FastKernel<ConvolutionAttributes> => ({
  name,
  serves(site) {
    const layer = depthwiseLayer(site);
    return (
      hasConstantParameters(site) &&
      hasOneOutputPerInput(layer) &&
      servesWindow(layer) &&
      isPaddingExact(site)
    );
  },
  absorbs: absorbsEpilogue,
  plan(site, _reference, followers = []) {
    const layer = depthwiseLayer(site);
    const epilogue = epilogueOf(site.attributes.activation, followers)!;
    return { constantBytes: constantRegions(layer, epilogue).bytes, scratchBytes: layer.taps * 4 + 48 };
  },
  pack(site, constants, _reference, followers = []) {
    const layer = depthwiseLayer(site);
    const { weights, bias } = parametersOf(site);
    const epilogue = epilogueOf(site.attributes.activation, followers)!;
    const { panels, offsets } = constantRegions(layer, epilogue);
    const start = constants.byteOffset;
    packNorm(epilogue, constants.buffer, start + offsets.norm, 0, layer.outputChannels);
    const packed = new Float32Array(constants.buffer, start + offsets.weights, panels * layer.taps * COLUMNS);
    const packedBias = new Float32Array(constants.buffer, start + offsets.bias, panels * COLUMNS);
    for (let channel = 0; channel < layer.outputChannels; channel++) {
      const first = Math.floor(channel / COLUMNS) * layer.taps * COLUMNS + (channel % COLUMNS);
      for (let tap = 0; tap < layer.taps; tap++)
        packed[first + tap * COLUMNS] = Number(weights[layer.weightAt(channel, tap)]);
      packedBias[channel] = Number(bias?.[channel] ?? 0);
    }
  },
  bind(
    site,
    { inputs: [input], outputs: [output], constants, scratch },
    _reference,
    kernels,
    followers = [],
  ) {
    const layer = depthwiseLayer(site);
    const epilogue = epilogueOf(site.attributes.activation, followers)!;
    const { offsets } = constantRegions(layer, epilogue);
    const start = constants.byteOffset;
    const call = [
      input!.byteOffset,
      ...depthwiseSizesOf(layer),
      start + offsets.weights,
      start + offsets.bias,
      start + offsets.padding,
      epilogue.norm === undefined ? 0 : start + offsets.norm,
      ...epilogue.bounds,
      output!.byteOffset,
      scratch.byteOffset,
    ];
    return () => kernels[name](...call);
  },
});

/** depthwise_conv_2d in float32 with one output channel for each input channel: any window. */
export const floatDepthwise = depthwise('depthwise_float32_8', () => true);

/**
 * The same where the rows of the window are 3 or 5 taps side by side. It reads up to 18 pixels at once, which push each other out of
 * the processor's first cache where they are some 4096 bytes apart.
 */
export const floatDepthwiseRows = depthwise(
  'depthwise_float32_4x4',
  ({ filterWidth, strideWidth, dilationWidth, inputChannels }) =>
    (filterWidth === 3 || filterWidth === 5) &&
    strideWidth <= 2 &&
    dilationWidth === 1 &&
    inputChannels % 1024 !== 0,
);
