import { badImage, checkImageSize } from './image.js';
import { readExifOrientation, readXmpOrientation } from './orientation.js';

/** What the markers of a JPEG file say about its image. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 3 RGB or YCbCr, 4 CMYK or YCCK. */
  readonly componentCount: number;
  /** How the components are to be read. `CMYK` and `YCCK` hold ink upside down if `hasAdobeMarker`. */
  readonly colorSpace: 'gray' | 'RGB' | 'YCbCr' | 'CMYK' | 'YCCK';
  readonly hasAdobeMarker: boolean;
  /** Exif orientation, 1 if there is none. */
  readonly orientation: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
/** Baseline, extended sequential and progressive, all Huffman coded. */
const SUPPORTED_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];
/** A scan of a few bytes costs the time of a pass over the whole image; encoders write about ten. */
const MAX_SCANS = 100;
const EXIF = Buffer.from('Exif\0\0', 'latin1');
const XMP = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');

/** Whether the bytes start as a JPEG file does. */
export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff;

/**
 * Walks over all markers of a JPEG file up to the end of its first image, without decoding anything.
 *
 * @param file name for error messages
 * @throws QpannError if the image does not end (a truncated file), is not 8-bit Huffman coded JPEG, or its size is out of range
 */
export function readJpegHeader(bytes: Uint8Array, file: string): JpegHeader {
  let frame: Uint8Array | undefined;
  let hasJfifMarker = false;
  let adobeTransform: number | undefined;
  let exif: Uint8Array | undefined;
  let xmpOrientation: number | undefined;
  let scanCount = 0;

  let at = 2;
  for (;;) {
    at = findMarker(bytes, at);
    const marker = bytes[at - 1];
    if (marker === undefined) throw badImage(file, 'the JPEG file is truncated');
    if (marker === EOI) break;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (at + Math.max(2, length) > bytes.length) throw badImage(file, 'the JPEG file is truncated');
    if (length < 2) throw badImage(file, 'a segment of the JPEG file is damaged');
    const data = bytes.subarray(at + 2, at + length);
    at += length;
    if (isFrameMarker(marker)) {
      if (frame !== undefined) throw badImage(file, 'the JPEG file has two frames');
      if (!SUPPORTED_FRAMES.includes(marker)) {
        throw badImage(
          file,
          `JPEG coding process ${marker - 0xc0} is not supported; expected baseline or progressive`,
        );
      }
      frame = data;
    } else if (marker === SOS) {
      scanCount += 1;
      if (scanCount > MAX_SCANS) throw badImage(file, `the JPEG file has more than ${MAX_SCANS} scans`);
    }
    if (scanCount > 0) continue;
    if (marker === APP0) hasJfifMarker ||= startsWith(data, Buffer.from('JFIF\0', 'latin1'));
    else if (marker === APP1 && startsWith(data, EXIF)) exif = joinExif(exif, data);
    else if (marker === APP1 && startsWith(data, XMP)) xmpOrientation = readXmpOrientation(data);
    else if (marker === APP14 && data.length >= 12 && startsWith(data, Buffer.from('Adobe')))
      adobeTransform = data[11];
  }
  if (frame === undefined || scanCount === 0) throw badImage(file, 'the JPEG file holds no image');

  const { width, height, ids } = readFrame(frame, file);
  if (bytes.length * 8 < (width * height) / 64) throw badImage(file, 'the JPEG file is truncated');
  return {
    width,
    height,
    componentCount: ids.length,
    colorSpace: colorSpaceOf(ids, hasJfifMarker, adobeTransform),
    hasAdobeMarker: adobeTransform !== undefined,
    orientation: (exif && readExifOrientation(exif)) ?? xmpOrientation ?? 1,
  };
}

const startsWith = (data: Uint8Array, prefix: Buffer): boolean =>
  prefix.equals(data.subarray(0, prefix.length));

/** Several Exif segments continue one another. */
const joinExif = (before: Uint8Array | undefined, data: Uint8Array): Uint8Array =>
  before === undefined ? data : Buffer.concat([before, data.subarray(EXIF.length)]);

/** Position behind the next marker that has a segment or ends the image; past the end of `bytes` if there is none. */
function findMarker(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1] ?? 0;
    const isAlone =
      marker === 0x00 || marker === 0x01 || marker === 0xff || (marker >= 0xd0 && marker <= SOI);
    if (!isAlone) return at + 2;
  }
  return bytes.length + 1;
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them. */
const isFrameMarker = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function readFrame(
  data: Uint8Array,
  file: string,
): { width: number; height: number; ids: readonly number[] } {
  const componentCount = data[5] ?? 0;
  if (data.length !== 6 + 3 * componentCount) throw badImage(file, 'the JPEG frame header is damaged');
  if (data[0] !== 8)
    throw badImage(file, `JPEG with ${data[0]} bits per sample is not supported; expected 8`);
  const height = (data[1]! << 8) | data[2]!;
  const width = (data[3]! << 8) | data[4]!;
  checkImageSize(file, width, height);
  if (![1, 3, 4].includes(componentCount)) {
    throw badImage(file, `JPEG with ${componentCount} components is not supported; expected 1, 3 or 4`);
  }
  return { width, height, ids: Array.from({ length: componentCount }, (_, i) => data[6 + 3 * i]!) };
}

/** The rules of libjpeg's `default_decompress_parms`. */
function colorSpaceOf(
  ids: readonly number[],
  hasJfifMarker: boolean,
  adobeTransform: number | undefined,
): JpegHeader['colorSpace'] {
  if (ids.length === 1) return 'gray';
  if (ids.length === 4) return adobeTransform === undefined || adobeTransform === 0 ? 'CMYK' : 'YCCK';
  if (hasJfifMarker) return 'YCbCr';
  if (adobeTransform !== undefined) return adobeTransform === 0 ? 'RGB' : 'YCbCr';
  return String.fromCharCode(...ids) === 'RGB' ? 'RGB' : 'YCbCr';
}
