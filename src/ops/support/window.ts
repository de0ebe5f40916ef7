import { formatShape, inputError, type Shape } from '../../core/index.js';
import type { Border } from './positions.js';

export type Padding = 'same' | 'valid';

/** Padding by so many pixels: [before, after] of height and of width. No file has it: the engine makes it (`fold-padding.ts`). */
export type Borders = readonly [height: Border, width: Border];

/** [height, width] of a window, stride or dilation. */
export type Pair = readonly [number, number];

/** Attributes of every operator that slides a window over an image. */
export interface WindowAttributes<P = Padding> {
  readonly padding: P;
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

function along(size: number, filter: number, stride: number, dilation: number, padding: Padding | Border) {
  const extent = (filter - 1) * dilation + 1;
  if (padding === 'same') {
    const output = Math.ceil(size / stride);
    const missing = Math.max(0, (output - 1) * stride + extent - size);
    const before = Math.floor(missing / 2);
    return { output, before, after: missing - before };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : padding;
  return { output: Math.ceil((before + size + after - extent + 1) / stride), before, after };
}

/**
 * Output size and padding of a window of `filter` [height, width] over an NHWC image. With `same`, the odd pixel of
 * padding goes below and to the right (TensorFlow Lite kernels/padding.h, `ComputePaddingHeightWidth`).
 * @throws QpannError when the input is no image, or smaller than a window that has no `same` padding.
 */
export function windowGeometry(
  input: Shape,
  filter: Pair,
  { padding, strides }: WindowAttributes<Padding | Borders>,
  dilations: Pair = [1, 1],
): WindowGeometry {
  if (input.length !== 4) throw inputError(`needs an NHWC image, got shape ${formatShape(input)}`);
  const [height, width] = typeof padding === 'string' ? [padding, padding] : padding;
  const vertical = along(input[1]!, filter[0], strides[0], dilations[0], height);
  const horizontal = along(input[2]!, filter[1], strides[1], dilations[1], width);
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
