import { readdir } from 'node:fs/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { inputError } from '../core/errors.js';
import { readPart } from './decode-image.js';
import type { DecodeOptions } from './decode-jpeg.js';
import type { RgbImage } from './image.js';
import { cached } from './image-cache.js';
import { fit, openNormalization, type PreprocessOptions } from './preprocess.js';
import type { Resample } from './resize.js';

/**
 * Which images of a dataset are used, by position in name order: a list; a range whose `stop` is exclusive, as Python's; or a
 * text like `0-9,20,30-39`, whose ranges include both ends.
 */
export type ImageIndices = readonly number[] | { readonly start: number; readonly stop: number } | string;

/**
 * Lists the PNG and JPEG files of a folder (by extension, in any case; names that start with a dot are skipped).
 *
 * @returns file names in name order: compared by UTF-16 code units, so that the order depends on no locale ('B' < 'a', '10' < '9')
 * @throws QpannError if the folder cannot be read or holds no image
 */
export async function listImages(folder: string): Promise<readonly string[]> {
  let entries: readonly { readonly name: string; isDirectory(): boolean }[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw inputError(`${folder}: the image folder cannot be read (${(error as Error).message})`, {
      cause: error,
    });
  }
  const names = entries
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.(png|jpe?g)$/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  if (names.length === 0)
    throw inputError(`${folder}: there is no image; expected .png, .jpg or .jpeg files`);
  return names;
}

/**
 * Resolves a choice of images to 0-based positions, in the order given.
 *
 * @param indexBase number of the first image: 0, or 1 as the thesis counts
 * @param count number of images there are
 * @throws QpannError if an index is no integer, out of range or given twice, or no image is chosen
 */
export function selectImages(indices: ImageIndices, indexBase: 0 | 1, count: number): readonly number[] {
  const last = count - 1 + indexBase;
  const check = (index: number): number => {
    if (Number.isInteger(index) && index >= indexBase && index <= last) return index - indexBase;
    throw inputError(
      `image_indices: ${index} is out of range; expected integers from ${indexBase} to ${last}`,
    );
  };
  const positions = inclusiveRanges(indices).flatMap(([from, to]) => {
    const start = check(from);
    const stop = check(to) + 1;
    if (stop <= start) throw inputError(`image_indices: the range ${from} to ${to} is empty`);
    return Array.from({ length: stop - start }, (_, i) => start + i);
  });
  if (positions.length === 0) throw inputError('image_indices: no image is chosen');
  const seen = new Set<number>();
  for (const position of positions) {
    if (seen.has(position)) throw inputError(`image_indices: ${position + indexBase} is given twice`);
    seen.add(position);
  }
  return positions;
}

function inclusiveRanges(indices: ImageIndices): readonly (readonly [from: number, to: number])[] {
  if (typeof indices === 'string') {
    return indices.split(',').map((part) => {
      const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part);
      if (match === null)
        throw inputError(`image_indices: '${part}' is no index or range; expected for example '0-9,20'`);
      return [Number(match[1]), Number(match[2] ?? match[1])];
    });
  }
  if ('start' in indices) {
    const { start, stop } = indices;
    if (stop <= start) throw inputError(`image_indices: no image is chosen by start ${start}, stop ${stop}`);
    return [[start, stop - 1]];
  }
  return indices.map((index) => [index, index]);
}

/**
 * Chooses images for calibration without replacement: the first steps of a Fisher–Yates shuffle by xoroshiro128+.
 *
 * @param count number of images there are
 * @param samples number of images to choose; all are taken if there are not more
 * @param seed a 32-bit integer
 * @returns sorted 0-based positions that depend on the three arguments only
 */
export function chooseCalibration(count: number, samples: number, seed: number): readonly number[] {
  const positions = Array.from({ length: count }, (_, i) => i);
  if (samples >= count) return positions;
  const random = xoroshiro128plus(seed);
  for (let i = 0; i < samples; i++) {
    const other = uniformInt(random, i, count - 1);
    [positions[i], positions[other]] = [positions[other]!, positions[i]!];
  }
  return positions.slice(0, samples).sort((a, b) => a - b);
}

/** Where and how samples are read. */
export interface SampleOptions extends Pick<DecodeOptions, 'decoder'> {
  /** Folder of images that were decoded before; see `cached`. */
  readonly cache?: string;
  /** A faster way to resize. */
  readonly resample?: Resample;
}

/**
 * Reads an image as the input of a network: decode, crop, resize, normalize. With a cache the first three are skipped for an
 * image that has been read before.
 *
 * @param path of a PNG or JPEG file
 * @param values where to put them
 * @returns `height × width × channels` values
 * @throws QpannError as `readImage` and `preprocess`
 */
export type LoadSample = (path: string, values?: Float32Array) => Promise<Float32Array>;

/**
 * What loads the samples of a network.
 * @param inputShape the network's NHWC shape, see `preprocess`
 * @throws QpannError if the shape is no image, or the normalization does not fit the number of channels
 */
export function openSamples(
  inputShape: readonly number[],
  options: PreprocessOptions,
  { cache, resample, ...decode }: SampleOptions = {},
): LoadSample {
  const normalize = openNormalization(inputShape, options.normalization);
  const [height, width] = inputShape.slice(-3) as [number, number];
  const { resize, cropFraction } = options;
  const kind = { inputShape: inputShape.slice(-3), resize, cropFraction, ...decode };
  return async (path, values) => {
    const make = async (): Promise<RgbImage> =>
      fit(await readPart(path, decode), inputShape, options, resample);
    const image = await (cache === undefined ? make() : cached(cache, path, kind, width, height, make));
    return normalize(image, values);
  };
}

/** One sample; see `openSamples`. */
export const loadSample = async (
  path: string,
  inputShape: readonly number[],
  options: PreprocessOptions,
  loading: SampleOptions = {},
): Promise<Float32Array> => openSamples(inputShape, options, loading)(path);
