import { inputError, type QpannError } from '../core/errors.js';

/** A decoded image: `pixels` holds `height × width × 3` bytes, rows from the top, R, G, B interleaved. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Longest side that is decoded, in pixels. */
export const MAX_SIDE_PIXELS = 32_767;
/** Largest `width × height` that is decoded. */
export const MAX_IMAGE_PIXELS = 100_000_000;

/** The error for a file that is not the image it should be. */
export const badImage = (file: string, what: string, cause?: unknown): QpannError =>
  inputError(`${file}: ${what}`, cause === undefined ? undefined : { cause });

/**
 * Checks the size that a header declares, before anything of that size is allocated.
 *
 * @throws QpannError naming `file` if a side is 0 or more than 32767 pixels, or there are more than 100 million pixels.
 */
export function checkImageSize(file: string, width: number, height: number): void {
  const fits = width <= MAX_SIDE_PIXELS && height <= MAX_SIDE_PIXELS && width * height <= MAX_IMAGE_PIXELS;
  if (width >= 1 && height >= 1 && fits) return;
  throw badImage(
    file,
    `the image is ${width}×${height} pixels; expected sides of 1 to ${MAX_SIDE_PIXELS} and at most ${MAX_IMAGE_PIXELS / 1e6} megapixels`,
  );
}
