import { inputError } from '../core/errors.js';
import { type ImagePart, type RgbImage, rgbOf, wholeOf } from './image.js';

/**
 * Cuts the square out of the middle of an image.
 *
 * Its side is `round(fraction × shorter side)`, halves to the even number as Python's `round`, at least 1; left and top are
 * `floor((width − side) / 2)` and `floor((height − side) / 2)`.
 *
 * @param fraction above 0, at most 1
 * @throws QpannError if `fraction` is out of range
 */
export const centerCrop = (image: RgbImage, fraction: number): RgbImage =>
  rgbOf(centerOf(wholeOf(image, image.pixels), fraction));

/** What `centerCrop` cuts out, where it lies. */
export function centerOf(image: ImagePart, fraction: number): ImagePart {
  const { width, height, start, rowBytes, pixelBytes } = image;
  if (!(fraction > 0 && fraction <= 1)) {
    throw inputError(`crop_fraction is ${fraction}; expected a number above 0, at most 1`);
  }
  const side = Math.max(1, roundHalfEven(fraction * Math.min(width, height)));
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  return { ...image, width: side, height: side, start: start + top * rowBytes + left * pixelBytes };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}
