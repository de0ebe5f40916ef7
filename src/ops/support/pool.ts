import type { Shape, Tensor } from '../../core/index.js';
import type { Activation, Requantization, Site, Trace } from '../define.js';
import { integerActivationRange } from './activation.js';
import { type Pair, type WindowAttributes, windowGeometry } from './window.js';

export interface PoolAttributes extends WindowAttributes {
  /** [height, width] of the window. */
  readonly filter: Pair;
  readonly activation: Activation;
}

type Image = [number, number, number, number];

/** Sizes of a pooling operator. */
export function poolGeometry({ shape }: Tensor, { filter, strides, padding }: PoolAttributes) {
  const place = windowGeometry(shape, filter, { padding, strides });
  const [batches, inputHeight, inputWidth, channels] = shape as Image;
  return {
    ...place,
    batches,
    inputHeight,
    inputWidth,
    channels,
    filterHeight: filter[0],
    filterWidth: filter[1],
    strideHeight: strides[0],
    strideWidth: strides[1],
  };
}

/** Output shape of a pooling operator. */
export function poolShape(input: Tensor, attributes: PoolAttributes): Shape & Image {
  const { batches, outputHeight, outputWidth, channels } = poolGeometry(input, attributes);
  return [batches, outputHeight, outputWidth, channels];
}

/** The clamp of a pooling operator, which leaves zero points alone. */
export const poolFacts = ({ outputs: [output], attributes }: Site<PoolAttributes>) =>
  ({
    rescales: {},
    inputZeroPoints: [0],
    outputZeroPoint: 0,
    clamp: integerActivationRange(attributes.activation, output!.quantization!),
  }) satisfies Requantization;

/**
 * Binds a pooling loop: `take` folds every element of a window, row by row with padding left out, into a value
 * that begins at `start`; `store` receives the result and the number of elements.
 */
export function poolRun(
  input: Tensor,
  attributes: PoolAttributes,
  data: ArrayLike<number>,
  start: number,
  take: (value: number, element: number) => number,
  store: (index: number, value: number, count: number, trace?: Trace) => void,
): (trace?: Trace) => void {
  const geometry = poolGeometry(input, attributes);
  const { inputHeight: height, inputWidth: width, channels, padTop, padLeft } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry;
  const outputShape = poolShape(input, attributes);
  return (trace) =>
    forEachOutput(outputShape, (index, batch, outputY, outputX, channel) => {
      let value = start;
      let count = 0;
      const [top, left] = [outputY * strideHeight - padTop, outputX * strideWidth - padLeft];
      const [bottom, right] = [Math.min(height, top + filterHeight), Math.min(width, left + filterWidth)];
      for (let y = Math.max(0, top); y < bottom; y++) {
        for (let x = Math.max(0, left); x < right; x++) {
          value = take(value, data[((batch * height + y) * width + x) * channels + channel]!);
          count += 1;
        }
      }
      store(index, value, count, trace);
    });
}

/** Visits every element of an NHWC output in memory order. */
function forEachOutput(
  [batches, height, width, channels]: readonly [number, number, number, number],
  visit: (index: number, batch: number, y: number, x: number, channel: number) => void,
): void {
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let channel = 0; channel < channels; channel++) visit(index++, batch, y, x, channel);
}
