import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { badImage, type ImagePart, rgbOf, wholeOf } from './image.js';
import { type JpegHeader, readJpegHeader } from './jpeg-header.js';
import { isUpright, orient } from './orientation.js';

/** How images are decoded. */
export interface DecodeOptions {
  /** Decoder of JPEG files, `libjpeg` if not given. */
  readonly decoder?: JpegDecoder;
}

/** `libjpeg` is libjpeg in WebAssembly and the default; `jpeg-js` is plain JavaScript, slower, and gives other pixels. */
export type JpegDecoder = 'libjpeg' | 'jpeg-js';

interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** An instance of the WebAssembly module and what it has complained about. */
interface Libjpeg {
  readonly decode: (bytes: Uint8Array) => Rgba;
  readonly messages: string[];
}

/** Warnings of libjpeg after which pixels are made up. Others, as on bytes between segments, are harmless. */
const DAMAGE = /premature end|bad Huffman code|found marker/i;

/** An instance keeps the memory of the largest image it has decoded; above this size it is given up. */
const MAX_PIXELS_TO_KEEP = 16_000_000;

const JPEG_JS_MEMORY_MEGABYTES = 1024;

let wasmBinary: Promise<Uint8Array> | undefined;
let instance: Promise<Libjpeg> | undefined;

/**
 * Decodes a JPEG: baseline or progressive; gray, YCbCr, RGB, and with an Adobe marker CMYK and YCCK.
 *
 * With `libjpeg` the pixels are those of Pillow's `ImageOps.exif_transpose(Image.open(file)).convert('RGB')`, apart from
 * - 4:4:0 (chroma halved vertically only): up to 2 of 255 off, since newer libjpeg-turbo rounds its upsampling otherwise;
 * - CMYK and YCCK, which this build of libjpeg refuses and jpeg-js decodes: up to 2 off, and far more (100 and above at
 *   hard edges) where the chroma is subsampled, because jpeg-js repeats chroma samples instead of interpolating them.
 *
 * @param file name for error messages
 * @throws QpannError if the file is not a JPEG, is truncated or damaged, has an unsupported kind, or its size is out of range
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  file: string,
  { decoder = 'libjpeg' }: DecodeOptions = {},
): Promise<ImagePart> {
  const header = readJpegHeader(bytes, file);
  const useLibjpeg = decoder === 'libjpeg' && header.componentCount < 4;
  const rgba = await (useLibjpeg ? decodeByLibjpeg(bytes, file) : decodeByJpegJs(bytes, header, file));
  const { width, height } = header;
  if (rgba.width !== width || rgba.height !== height)
    throw badImage(file, 'the JPEG frame header is damaged');
  const whole = wholeOf(header, rgba.data, 4);
  if (isUpright(header.orientation)) return whole;
  const upright = orient(rgbOf(whole), header.orientation);
  return wholeOf(upright, upright.pixels);
}

async function decodeByLibjpeg(bytes: Uint8Array, file: string): Promise<Rgba> {
  instance ??= instantiate();
  const { decode, messages } = await instance;
  messages.length = 0;
  try {
    const rgba = decode(bytes);
    if (rgba.width * rgba.height > MAX_PIXELS_TO_KEEP) instance = undefined;
    const damage = messages.find((message) => DAMAGE.test(message));
    if (damage !== undefined) throw new Error(damage);
    return rgba;
  } catch (error) {
    instance = undefined;
    throw badImage(file, `the JPEG file cannot be decoded (${messages.at(-1) ?? 'libjpeg gave up'})`, error);
  }
}

async function decodeByJpegJs(bytes: Uint8Array, header: JpegHeader, file: string): Promise<Rgba> {
  if (header.componentCount === 4 && !header.hasAdobeMarker) {
    throw badImage(file, 'CMYK JPEG without an Adobe marker is not supported; convert it to RGB');
  }
  const { decode } = (await import('jpeg-js')).default;
  try {
    return decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      colorTransform: header.colorSpace === 'YCbCr' || header.colorSpace === 'YCCK',
      maxMemoryUsageInMB: JPEG_JS_MEMORY_MEGABYTES,
    });
  } catch (error) {
    throw badImage(file, `the JPEG file cannot be decoded (${(error as Error).message})`, error);
  }
}

/** Makes an instance from the package's own .wasm file, which is read once. */
async function instantiate(): Promise<Libjpeg> {
  wasmBinary ??= readFile(createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
  const { default: factory } = await import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js');
  const messages: string[] = [];
  const log = (message: string) => messages.push(message);
  const options = { noInitialRun: true, wasmBinary: await wasmBinary, print: log, printErr: log };
  const module = await factory(options);
  return { decode: (bytes) => module.decode(bytes, false) as Rgba, messages };
}
