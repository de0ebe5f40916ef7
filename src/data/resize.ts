import { inputError } from '../core/errors.js';
import type { RgbImage } from './image.js';

/** How an image is resized; the names are those of Pillow's resampling filters. */
export type ResizeFilter = 'nearest' | 'bilinear' | 'bicubic';

interface Kernel {
  /** Half the width of the kernel, in source pixels at scale 1. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** For each output position the first source position and the fixed-point weights from there on. */
interface Coefficients {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  /** Distance between the weights of neighbouring output positions, a multiple of 4: zeros follow the weights. */
  readonly stride: number;
}

/** 8 bits for the result and 2 for intermediate overflow leave this many of 32 for the fraction of a weight. */
const PRECISION_BITS = 32 - 8 - 2;

const BICUBIC_A = -0.5;

const KERNELS: Readonly<Record<Exclude<ResizeFilter, 'nearest'>, Kernel>> = {
  bilinear: { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: { support: 2, weight: (distance) => cubic(Math.abs(distance)) },
};

/** The cubic convolution kernel as Pillow's `bicubic_filter` writes it; `x` is the absolute distance. */
function cubic(x: number): number {
  if (x < 1) return ((BICUBIC_A + 2) * x - (BICUBIC_A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * BICUBIC_A;
  return 0;
}

/**
 * Resizes an image to exactly `width × height` (the aspect is not kept), bit for bit as `Image.resize((width, height), filter)`
 * of Pillow 13 does for 8-bit RGB.
 *
 * Bilinear and bicubic widen with the scale when shrinking (antialiasing). As in Pillow's Resample.c, weights have 22
 * fractional bits, and there are two passes with bytes between them: horizontal, then vertical, or the other way around for
 * images that shrink much more in height. (Before Pillow 13 the horizontal pass always came first, which can differ by 2.)
 */
export function resize(image: RgbImage, width: number, height: number, filter: ResizeFilter): RgbImage {
  if (filter === 'nearest') return resizeNearest(image, width, height);
  const kernel = KERNELS[filter];
  const cutRows = image.height - height;
  const cutColumns = image.width - width;
  return cutRows > 0 && cutRows > 2 * cutColumns
    ? resampleColumns(resampleRows(image, height, kernel), width, kernel)
    : resampleRows(resampleColumns(image, width, kernel), height, kernel);
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`. */
function coefficients(sourceSize: number, size: number, { support, weight }: Kernel): Coefficients {
  const scale = sourceSize / size;
  const filterScale = Math.max(scale, 1);
  const reach = support * filterScale;
  const stride = roundUpTo4(Math.ceil(reach) * 2 + 1);
  const starts = new Int32Array(size);
  const counts = new Int32Array(size);
  const weights = new Int32Array(size * stride);
  const real = new Float64Array(stride);
  for (let i = 0; i < size; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(sourceSize, Math.trunc(center + reach + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      real[k] = weight((k + start - center + 0.5) * (1 / filterScale));
      sum += real[k]!;
    }
    for (let k = 0; k < count; k++) {
      const normalized = (sum === 0 ? real[k]! : real[k]! / sum) * (1 << PRECISION_BITS);
      weights[i * stride + k] = Math.trunc(normalized < 0 ? normalized - 0.5 : normalized + 0.5);
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, stride };
}

const roundUpTo4 = (count: number): number => Math.ceil(count / 4) * 4;

// Sums are 32-bit integers, and V8 computes them as such: `Math.imul`, `| 0`. A shifted sum is clamped as it is stored.
const { imul } = Math;
const HALF = 1 << (PRECISION_BITS - 1);
const bytesOf = ({ buffer }: Uint8ClampedArray<ArrayBuffer>): Uint8Array => new Uint8Array(buffer);

/** Pillow's `ImagingResampleHorizontal_8bpc`. */
function resampleColumns(image: RgbImage, width: number, kernel: Kernel): RgbImage {
  if (width === image.width) return image;
  const { starts, counts, weights, stride } = coefficients(image.width, width, kernel);
  const source = image.pixels;
  const pixels = new Uint8ClampedArray(width * image.height * 3);
  for (let y = 0, to = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let from = 3 * (y * image.width + starts[x]!);
      const first = x * stride;
      const last = first + counts[x]!;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let k = first; k < last; k++, from += 3) {
        const weight = weights[k]!;
        red = (red + imul(source[from]!, weight)) | 0;
        green = (green + imul(source[from + 1]!, weight)) | 0;
        blue = (blue + imul(source[from + 2]!, weight)) | 0;
      }
      pixels[to] = red >> PRECISION_BITS;
      pixels[to + 1] = green >> PRECISION_BITS;
      pixels[to + 2] = blue >> PRECISION_BITS;
    }
  }
  return { width, height: image.height, pixels: bytesOf(pixels) };
}

/** Pillow's `ImagingResampleVertical_8bpc`, four rows of the source at a time. */
function resampleRows(image: RgbImage, height: number, kernel: Kernel): RgbImage {
  if (height === image.height) return image;
  const { starts, counts, weights, stride } = coefficients(image.height, height, kernel);
  const source = image.pixels;
  const rowBytes = image.width * 3;
  const lastRow = source.length - rowBytes;
  const pixels = new Uint8ClampedArray(rowBytes * height);
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < counts[y]!; k += 4) {
      const at = y * stride + k;
      const a = (starts[y]! + k) * rowBytes;
      const b = Math.min(a + rowBytes, lastRow);
      const c = Math.min(b + rowBytes, lastRow);
      const d = Math.min(c + rowBytes, lastRow);
      const weightA = weights[at]!;
      const weightB = weights[at + 1]!;
      const weightC = weights[at + 2]!;
      const weightD = weights[at + 3]!;
      for (let i = 0; i < rowBytes; i++)
        sums[i] =
          sums[i]! +
          imul(source[a + i]!, weightA) +
          imul(source[b + i]!, weightB) +
          imul(source[c + i]!, weightC) +
          imul(source[d + i]!, weightD);
    }
    for (let i = 0, to = y * rowBytes; i < rowBytes; i++, to++) pixels[to] = sums[i]! >> PRECISION_BITS;
  }
  return { width: image.width, height, pixels: bytesOf(pixels) };
}

/** Pillow's `ImagingScaleAffine`: the source position advances by repeated addition. */
function resizeNearest(image: RgbImage, width: number, height: number): RgbImage {
  const columns = nearestPositions(image.width, width);
  const rows = nearestPositions(image.height, height);
  const pixels = new Uint8Array(width * height * 3);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = 3 * (row * image.width + column);
      pixels[to++] = image.pixels[from]!;
      pixels[to++] = image.pixels[from + 1]!;
      pixels[to++] = image.pixels[from + 2]!;
    }
  }
  return { width, height, pixels };
}

function nearestPositions(sourceSize: number, size: number): Int32Array {
  const scale = sourceSize / size;
  let position = scale * 0.5;
  return Int32Array.from({ length: size }, () => {
    const at = Math.min(sourceSize - 1, Math.trunc(position));
    position += scale;
    return at;
  });
}

/** A part of an image, in pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts the square out of the middle of an image.
 *
 * Its side is `round(fraction × shorter side)`, halves to the even number as Python's `round`, at least 1; left and top are
 * `floor((width − side) / 2)` and `floor((height − side) / 2)`.
 *
 * @param fraction above 0, at most 1
 * @throws QpannError if `fraction` is out of range
 */
export function centerCrop(image: RgbImage, fraction: number): RgbImage {
  const { left, top, width, height } = centerWindow(image, fraction);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * image.width + left);
    pixels.set(image.pixels.subarray(from, from + 3 * width), 3 * width * y);
  }
  return { width, height, pixels };
}

/** What `centerCrop` cuts out. */
export function centerWindow(
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  fraction: number,
): Window {
  if (!(fraction > 0 && fraction <= 1)) {
    throw inputError(`crop_fraction is ${fraction}; expected a number above 0, at most 1`);
  }
  const side = Math.max(1, roundHalfEven(fraction * Math.min(width, height)));
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  return { left, top, width: side, height: side };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}
