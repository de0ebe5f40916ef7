import { formatShape, inputError, type Shape } from '../../core/index.js';

export type Padding = 'same' | 'valid';

/** [height, width] of a window, stride or dilation. */
export type Pair = readonly [number, number];

/** Attributes of every operator that slides a window over an image. */
export interface WindowAttributes {
  readonly padding: Padding;
  readonly strides: Pair;
}

/** Where a window lies: output size and the padding around the image. */
export interface WindowGeometry {
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
}

function along(size: number, filter: number, stride: number, dilation: number, padding: Padding) {
  const extent = (filter - 1) * dilation + 1;
  const output = padding === 'same' ? Math.ceil(size / stride) : Math.ceil((size - extent + 1) / stride);
  const missing = Math.max(0, (output - 1) * stride + extent - size);
  const before = Math.floor(missing / 2);
  return padding === 'same' ? { output, before, after: missing - before } : { output, before: 0, after: 0 };
}

/**
 * Output size and padding of a window of `filter` [height, width] over an NHWC image. With `same`, the odd pixel of
 * padding goes below and to the right (TensorFlow Lite kernels/padding.h, `ComputePaddingHeightWidth`).
 * @throws QpannError when the input is no image or smaller than a `valid` window.
 */
export function windowGeometry(
  input: Shape,
  filter: Pair,
  { padding, strides }: WindowAttributes,
  dilations: Pair = [1, 1],
): WindowGeometry {
  if (input.length !== 4) throw inputError(`needs an NHWC image, got shape ${formatShape(input)}`);
  const vertical = along(input[1]!, filter[0], strides[0], dilations[0], padding);
  const horizontal = along(input[2]!, filter[1], strides[1], dilations[1], padding);
  if (vertical.output < 1 || horizontal.output < 1)
    throw inputError(`has a ${filter.join('×')} window, larger than its input ${formatShape(input)}`);
  return {
    outputHeight: vertical.output,
    outputWidth: horizontal.output,
    padTop: vertical.before,
    padBottom: vertical.after,
    padLeft: horizontal.before,
    padRight: horizontal.after,
  };
}
