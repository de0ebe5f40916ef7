import { crc32 } from 'node:zlib';
import { badImage, checkImageSize, type RgbImage } from './image.js';
import { orient, readExifOrientation, readXmpOrientation } from './orientation.js';
import { type PngLayout, readPngSamples } from './png-rows.js';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const GRAY = 0;
const PALETTE = 3;
const CHANNELS: Readonly<Record<number, number>> = { [GRAY]: 1, 2: 3, [PALETTE]: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [GRAY]: [1, 2, 4, 8, 16],
  2: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const XMP_KEYWORD = Buffer.from('XML:com.adobe.xmp\0\0\0', 'latin1');

/** Whether the bytes start as a PNG file does. */
export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.equals(bytes.subarray(0, 8));

interface PngHeader extends PngLayout {
  readonly colorType: number;
}

/**
 * Decodes a PNG: every color type, bit depth and interlacing of the PNG specification.
 *
 * The pixels are those of Pillow's `ImageOps.exif_transpose(Image.open(file)).convert('RGB')`: alpha and tRNS are dropped
 * without blending, 16-bit color keeps its upper byte, 16-bit gray without alpha is clipped to 255 (Pillow's conversion
 * from `I;16`), gamma is ignored, palette indices beyond the palette are black. The orientation comes from eXIf, else
 * from uncompressed XMP (Pillow also reads compressed XMP and ImageMagick's text profiles).
 *
 * Stricter than Pillow: the file must have its IEND chunk, every chunk the right CRC, and a palette image its palette.
 *
 * @param file name for error messages
 * @throws QpannError if the file is not a PNG, is truncated or damaged, or its size is out of range
 */
export function decodePng(bytes: Uint8Array, file: string): RgbImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  let exifOrientation: number | undefined;
  let xmpOrientation: number | undefined;
  const imageData: Uint8Array[] = [];

  if (!isPng(bytes)) throw badImage(file, 'expected a PNG file');
  for (let at = 8, ended = false; !ended; ) {
    if (at + 12 > bytes.length) throw badImage(file, 'the PNG file is truncated');
    const length = view.getUint32(at);
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (!/^[A-Za-z]{4}$/.test(type))
      throw badImage(file, 'the PNG file is damaged: a chunk has no valid type');
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw badImage(file, `the PNG file is truncated in its ${type} chunk`);
    const data = bytes.subarray(at + 8, end);
    const isCritical = (bytes[at + 4]! & 0x20) === 0;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw badImage(file, `the ${type} chunk of the PNG file is damaged`);
    }
    if (header === undefined && type !== 'IHDR')
      throw badImage(file, 'the PNG file does not start with IHDR');

    if (type === 'IHDR') header ??= readHeader(data, file);
    else if (type === 'PLTE') palette = data;
    else if (type === 'IDAT') imageData.push(data);
    else if (type === 'eXIf') exifOrientation = readExifOrientation(data);
    else if (type === 'iTXt') xmpOrientation ??= readTextOrientation(data);
    else if (type === 'IEND') ended = true;
    else if (isCritical) throw badImage(file, `PNG chunk ${type} is not supported`);
    at = end + 4;
  }
  if (header!.colorType === PALETTE && palette === undefined)
    throw badImage(file, 'the PNG file has no palette');
  const samples = readSamples(imageData, header!, file);
  const { width, height } = header!;
  return orient(
    { width, height, pixels: toRgb(samples, header!, palette) },
    exifOrientation ?? xmpOrientation ?? 1,
  );
}

function readHeader(data: Uint8Array, file: string): PngHeader {
  if (data.length !== 13) throw badImage(file, 'the PNG header has the wrong length');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  checkImageSize(file, width, height);
  const [bitDepth, colorType, compression, filter, interlace] = data.subarray(8) as unknown as number[];
  const isValid =
    DEPTHS[colorType!]?.includes(bitDepth!) === true && compression === 0 && filter === 0 && interlace! <= 1;
  if (!isValid) {
    throw badImage(
      file,
      `PNG color type ${colorType}, bit depth ${bitDepth}, compression ${compression}, filter ${filter}, interlace ${interlace} is not supported`,
    );
  }
  const channels = CHANNELS[colorType!]!;
  return { width, height, bitDepth: bitDepth!, colorType: colorType!, channels, interlaced: interlace === 1 };
}

function readTextOrientation(data: Uint8Array): number | undefined {
  const isXmp = XMP_KEYWORD.equals(data.subarray(0, XMP_KEYWORD.length));
  return isXmp ? readXmpOrientation(data) : undefined;
}

function readSamples(
  imageData: readonly Uint8Array[],
  header: PngHeader,
  file: string,
): Uint8Array | Uint16Array {
  try {
    return readPngSamples(Buffer.concat(imageData), header);
  } catch (error) {
    throw badImage(file, `the PNG image data is damaged (${(error as Error).message})`, error);
  }
}

/** Converts samples to 8-bit RGB through a table of what each sample value becomes. */
function toRgb(
  samples: Uint8Array | Uint16Array,
  header: PngHeader,
  palette: Uint8Array | undefined,
): Uint8Array {
  const { width, height, channels, colorType } = header;
  const pixels = new Uint8Array(width * height * 3);
  const table = byteTable(header);
  const isIndexed = colorType === PALETTE;
  const green = channels >= 3 ? 1 : 0;
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += 3) {
    if (isIndexed) {
      for (let c = 0; c < 3; c++) pixels[to + c] = palette?.[3 * samples[from]! + c] ?? 0;
    } else {
      pixels[to] = table[samples[from]!]!;
      pixels[to + 1] = table[samples[from + green]!]!;
      pixels[to + 2] = table[samples[from + 2 * green]!]!;
    }
  }
  return pixels;
}

function byteTable({ bitDepth, colorType }: PngHeader): Uint8Array {
  const maximum = 2 ** bitDepth - 1;
  const clips = bitDepth === 16 && colorType === GRAY;
  const toByte = (value: number) => (bitDepth === 16 ? value >> 8 : (value * 255) / maximum);
  return Uint8Array.from({ length: maximum + 1 }, (_, value) =>
    clips ? Math.min(value, 255) : toByte(value),
  );
}
