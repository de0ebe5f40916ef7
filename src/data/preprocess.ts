import { inputError } from '../core/errors.js';
import { centerOf } from './crop.js';
import { type ImagePart, type RgbImage, rgbOf, wholeOf } from './image.js';
import { type Resample, type ResizeFilter, resizePart } from './resize.js';

/** Normalization by the numbers: `(x × scale − mean) / std` per channel, x from 0 to 255. */
export interface ExplicitNormalization {
  /** One mean per channel, in units of `x × scale`. */
  readonly mean: readonly number[];
  /** One divisor per channel. */
  readonly std: readonly number[];
  readonly scale: number;
}

/** What becomes of pixel values: a mode of Keras's `preprocess_input`, `none` to keep 0…255, or explicit numbers. */
export type Normalization = { readonly mode: 'tf' | 'torch' | 'caffe' | 'none' } | ExplicitNormalization;

/** How an image becomes the input of a network. */
export interface PreprocessOptions {
  readonly resize: ResizeFilter;
  /** Side of the centre square in parts of the shorter side; `null` resizes the whole image, its aspect not kept. */
  readonly cropFraction: number | null;
  readonly normalization: Normalization;
}

const { fround } = Math;

const TORCH_MEAN = [0.485, 0.456, 0.406];
const TORCH_STD = [0.229, 0.224, 0.225];
/** In the order blue, green, red. */
const CAFFE_MEAN = [103.939, 116.779, 123.68];

/**
 * Crops, resizes and normalizes an image for a network.
 *
 * For one channel the image first becomes gray as by Pillow's `convert('L')`. Normalization is in float32, every step
 * rounded, which gives the bits of `keras.applications.imagenet_utils.preprocess_input` on a float32 NumPy array:
 * `tf` x / 127.5 − 1; `torch` (x / 255 − mean) / std; `caffe` x − mean with the channels as blue, green, red.
 *
 * @param inputShape the network's NHWC shape, `[batch, height, width, channels]` or without the batch; channels 1 or 3
 * @returns `height × width × channels` values
 * @throws QpannError if the shape is no image, or the normalization does not fit the number of channels
 */
export const preprocess = (
  image: RgbImage,
  inputShape: readonly number[],
  options: PreprocessOptions,
): Float32Array =>
  openNormalization(
    inputShape,
    options.normalization,
  )(fit(wholeOf(image, image.pixels), inputShape, options));

/**
 * The first half of `preprocess`: the image in the network's size, still as bytes, gray for one channel.
 * @throws QpannError if the shape is no image
 */
export function fit(
  image: ImagePart,
  inputShape: readonly number[],
  { resize: filter, cropFraction }: Pick<PreprocessOptions, 'resize' | 'cropFraction'>,
  resample?: Resample,
): RgbImage {
  const [height, width, channels] = imageShape(inputShape);
  const cropped = cropFraction === null ? image : centerOf(image, cropFraction);
  return resizePart(channels === 1 ? grayOf(cropped) : cropped, width, height, filter, resample);
}

/**
 * The second half of `preprocess`: a function by which bytes become the values that the network takes.
 * @returns a function of an image in the network's size and of where to put its values, which it returns
 * @throws QpannError if the shape is no image, or the normalization does not fit the number of channels
 */
export function openNormalization(
  inputShape: readonly number[],
  normalization: Normalization,
): (image: RgbImage, values?: Float32Array) => Float32Array {
  const [height, width, channels] = imageShape(inputShape);
  const [first, second, third] = normalizationTables(normalization, channels);
  return ({ pixels }, values = new Float32Array(height * width * channels)) => {
    if (second === undefined || third === undefined) {
      for (let i = 0; i < values.length; i++) values[i] = first!.values[pixels[3 * i]!]!;
      return values;
    }
    for (let i = 0; i < values.length; i += 3) {
      values[i] = first!.values[pixels[i + first!.from]!]!;
      values[i + 1] = second.values[pixels[i + second.from]!]!;
      values[i + 2] = third.values[pixels[i + third.from]!]!;
    }
    return values;
  };
}

function imageShape(
  inputShape: readonly number[],
): readonly [height: number, width: number, channels: number] {
  const [height, width, channels] = inputShape.slice(-3);
  const isImage =
    (inputShape.length === 3 || inputShape.length === 4) &&
    [height, width].every((side) => Number.isInteger(side) && side! >= 1) &&
    (channels === 1 || channels === 3);
  if (isImage) return [height!, width!, channels!];
  throw inputError(
    `the network's input has shape [${inputShape.join(', ')}]; expected an image: [batch, height, width, 1 or 3]`,
  );
}

/** Values of one channel of the network: which of red, green and blue (0, 1, 2) it takes, and what each byte becomes. */
interface ChannelTable {
  readonly from: number;
  readonly values: Float32Array;
}

function normalizationTables(normalization: Normalization, channels: number): readonly ChannelTable[] {
  const table = (from: number, value: (x: number) => number): ChannelTable => ({
    from,
    values: Float32Array.from({ length: 256 }, (_, x) => value(x)),
  });
  const perChannel = (make: (channel: number) => ChannelTable) =>
    Array.from({ length: channels }, (_, i) => make(i));

  if (!('mode' in normalization)) {
    const { mean, std, scale } = normalization;
    if (mean.length !== channels || std.length !== channels) {
      throw inputError(
        `normalization has ${mean.length} values of mean and ${std.length} of std; the network's input has ${channels} channels`,
      );
    }
    return perChannel((c) => table(c, (x) => standardize(fround(x * fround(scale)), mean[c]!, std[c]!)));
  }
  const { mode } = normalization;
  if ((mode === 'torch' || mode === 'caffe') && channels !== 3) {
    throw inputError(`normalization mode ${mode} is for 3 channels; the network's input has ${channels}`);
  }
  switch (mode) {
    case 'none':
      return perChannel((c) => table(c, (x) => x));
    case 'tf':
      return perChannel((c) => table(c, (x) => fround(fround(x / 127.5) - 1)));
    case 'torch':
      return perChannel((c) => table(c, (x) => standardize(fround(x / 255), TORCH_MEAN[c]!, TORCH_STD[c]!)));
    case 'caffe':
      return perChannel((c) => table(2 - c, (x) => fround(x - fround(CAFFE_MEAN[c]!))));
  }
}

/** `(x − mean) / std` in float32. */
const standardize = (x: number, mean: number, std: number): number =>
  fround(fround(x - fround(mean)) / fround(std));

function grayOf(image: ImagePart): ImagePart {
  const gray = toGray(rgbOf(image));
  return wholeOf(gray, gray.pixels);
}

/** Luma in all three channels, in the fixed point of Pillow's `convert('L')` (ITU-R 601-2, 16 fractional bits). */
function toGray({ width, height, pixels }: RgbImage): RgbImage {
  const gray = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    gray.fill((pixels[i]! * 19595 + pixels[i + 1]! * 38470 + pixels[i + 2]! * 7471 + 0x8000) >> 16, i, i + 3);
  }
  return { width, height, pixels: gray };
}
