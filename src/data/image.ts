import { inputError, type QpannError } from '../core/errors.js';

/** A decoded image: `pixels` holds `height × width × 3` bytes, rows from the top, R, G, B interleaved. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * A part of a decoded image where it lies: pixel (x, y) starts at byte `start + rowBytes·y + pixelBytes·x` with red, green and blue.
 */
export interface ImagePart {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array | Uint8ClampedArray;
  readonly start: number;
  readonly rowBytes: number;
  readonly pixelBytes: 3 | 4;
}

/** The whole of an image. @param pixelBytes 4 where another byte follows on blue */
export const wholeOf = (
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  bytes: ImagePart['bytes'],
  pixelBytes: 3 | 4 = 3,
): ImagePart => ({ width, height, bytes, start: 0, rowBytes: width * pixelBytes, pixelBytes });

/** Red, green and blue of a part of an image, where they lie or copied. */
export function rgbOf({ width, height, bytes, start, rowBytes, pixelBytes }: ImagePart): RgbImage {
  if (pixelBytes === 3 && rowBytes === 3 * width)
    return {
      width,
      height,
      pixels: new Uint8Array(bytes.buffer, bytes.byteOffset + start, height * rowBytes),
    };
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const first = start + y * rowBytes;
    const last = first + width * pixelBytes;
    for (let from = first; from < last; from += pixelBytes, to += 3) {
      pixels[to] = bytes[from]!;
      pixels[to + 1] = bytes[from + 1]!;
      pixels[to + 2] = bytes[from + 2]!;
    }
  }
  return { width, height, pixels };
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
