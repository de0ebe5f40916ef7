import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { inputError } from '../core/errors.js';
import { type DecodeOptions, decodeJpeg } from './decode-jpeg.js';
import { decodePng, isPng } from './decode-png.js';
import { badImage, type ImagePart, type RgbImage, rgbOf, wholeOf } from './image.js';
import { isJpeg } from './jpeg-header.js';

const MAX_FILE_BYTES = 1 << 29;

/**
 * Decodes the bytes of a PNG or JPEG file, told apart by their first bytes; see `decodePng` and `decodeJpeg`.
 *
 * @param file name for error messages
 * @throws QpannError naming `file`, and nothing else, for anything that cannot be decoded
 */
export const decodeImage = async (
  bytes: Uint8Array,
  file: string,
  options: DecodeOptions = {},
): Promise<RgbImage> => rgbOf(await decodePart(bytes, file, options));

async function decodePart(bytes: Uint8Array, file: string, options: DecodeOptions): Promise<ImagePart> {
  if (bytes.length === 0) throw badImage(file, 'the file is empty; expected a PNG or JPEG image');
  if (isPng(bytes)) {
    const image = decodePng(bytes, file);
    return wholeOf(image, image.pixels);
  }
  if (isJpeg(bytes)) return decodeJpeg(bytes, file, options);
  throw badImage(file, 'the format is not supported; expected a PNG or JPEG image');
}

/**
 * Reads and decodes an image file.
 *
 * @throws QpannError naming `path` if it cannot be read, is larger than 512 MiB, or cannot be decoded
 */
export const readImage = async (path: string, options: DecodeOptions = {}): Promise<RgbImage> =>
  rgbOf(await readPart(path, options));

/** The same, the pixels left where the decoder has put them. */
export async function readPart(path: string, options: DecodeOptions = {}): Promise<ImagePart> {
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(path);
  } catch (error) {
    throw inputError(`${path}: the image cannot be read (${(error as Error).message})`, { cause: error });
  }
  return decodePart(bytes, path, options);
}

/**
 * Files are read synchronously: who reads an image has nothing else to do meanwhile, and to hand it to a thread of Node's and back takes
 * several times as long as reading it. Timers and signals have their turn first.
 */
async function readBytes(path: string): Promise<Uint8Array> {
  await setImmediate();
  const file = statSync(path);
  if (file.size > MAX_FILE_BYTES) throw new Error(`it has ${file.size} bytes, more than ${MAX_FILE_BYTES}`);
  return file.isFile() ? readFileSync(path) : readFile(path);
}
