import { type ImagePart, type RgbImage, rgbOf, wholeOf } from './image.js';

/** How an image is resized; the names are those of Pillow's resampling filters. */
export type ResizeFilter = 'nearest' | 'bilinear' | 'bicubic';

interface Kernel {
  /** Half the width of the kernel, in source pixels at scale 1. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** What one pass adds up: for each output position the first source position and the fixed-point weights from there on. */
export interface Taps {
  readonly sourceSize: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** In units of 2^−22. */
  readonly weights: Int32Array;
  /** Distance between the weights of neighbouring output positions, a multiple of 4: zeros follow the weights. */
  readonly stride: number;
}

/** Both passes of `resize`, and which comes first. */
export interface Passes {
  readonly columns: Taps;
  readonly rows: Taps;
  readonly rowsFirst: boolean;
}

/**
 * Runs both passes sooner than `resize` does by itself, with the same bits.
 * @returns R, G, B of each pixel; null for an image that it does not take
 */
export type Resample = (image: ImagePart, passes: Passes) => Uint8Array | null;

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
export const resize = (image: RgbImage, width: number, height: number, filter: ResizeFilter): RgbImage =>
  resizePart(wholeOf(image, image.pixels), width, height, filter);

/** The same for a part of an image, by `resample` if that is given. */
export function resizePart(
  image: ImagePart,
  width: number,
  height: number,
  filter: ResizeFilter,
  resample?: Resample,
): RgbImage {
  if (filter === 'nearest') return resizeNearest(rgbOf(image), width, height);
  if (width === image.width && height === image.height) return rgbOf(image);
  const cutRows = image.height - height;
  const cutColumns = image.width - width;
  const columns = tapsOf(image.width, width, KERNELS[filter]);
  const isSquare = image.width === image.height && width === height;
  const passes = {
    columns,
    rows: isSquare ? columns : tapsOf(image.height, height, KERNELS[filter]),
    rowsFirst: cutRows > 0 && cutRows > 2 * cutColumns,
  };
  const pixels = resample?.(image, passes) ?? null;
  return pixels === null ? resamplePlainly(rgbOf(image), passes) : { width, height, pixels };
}

const resamplePlainly = (image: RgbImage, { columns, rows, rowsFirst }: Passes): RgbImage =>
  rowsFirst
    ? resampleColumns(resampleRows(image, rows), columns)
    : resampleRows(resampleColumns(image, columns), rows);

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`. */
function tapsOf(sourceSize: number, size: number, { support, weight }: Kernel): Taps {
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
  return { sourceSize, starts, counts, weights, stride };
}

const roundUpTo4 = (count: number): number => Math.ceil(count / 4) * 4;

// Sums are 32-bit integers, and V8 computes them as such: `Math.imul`, `| 0`. A shifted sum is clamped as it is stored.
const { imul } = Math;
const HALF = 1 << (PRECISION_BITS - 1);
const bytesOf = ({ buffer }: Uint8ClampedArray<ArrayBuffer>): Uint8Array => new Uint8Array(buffer);

/** Pillow's `ImagingResampleHorizontal_8bpc`. */
function resampleColumns(image: RgbImage, { starts, counts, weights, stride }: Taps): RgbImage {
  const width = starts.length;
  if (width === image.width) return image;
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
function resampleRows(image: RgbImage, { starts, counts, weights, stride }: Taps): RgbImage {
  const height = starts.length;
  if (height === image.height) return image;
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
