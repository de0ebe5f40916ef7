import type { RgbImage } from './image.js';

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const LONG = 4;
const EXIF_PREFIX = Buffer.from('Exif\0\0', 'latin1');

/**
 * Reads the orientation from an Exif block: a TIFF header and its first directory.
 *
 * @param block may start with `Exif\0\0`, once as in JPEG or twice as some programs write
 * @returns 1 to 8, or `undefined` if there is no such tag or the block is damaged; never throws
 */
export function readExifOrientation(block: Uint8Array): number | undefined {
  const tiff = skipPrefix(skipPrefix(block));
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return undefined;
  const littleEndian = view.getUint16(0) === 0x4949;
  if (!littleEndian && view.getUint16(0) !== 0x4d4d) return undefined;
  if (view.getUint16(2, littleEndian) !== 42) return undefined;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(directory, littleEndian);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > view.byteLength) return undefined;
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    const type = view.getUint16(entry + 2, littleEndian);
    if (view.getUint32(entry + 4, littleEndian) !== 1) return undefined;
    if (type === SHORT) return view.getUint16(entry + 8, littleEndian);
    if (type === LONG) return view.getUint32(entry + 8, littleEndian);
    return undefined;
  }
  return undefined;
}

const skipPrefix = (block: Uint8Array): Uint8Array =>
  EXIF_PREFIX.equals(block.subarray(0, EXIF_PREFIX.length)) ? block.subarray(EXIF_PREFIX.length) : block;

/** Reads the orientation from an XMP packet as Pillow does, by the first `tiff:Orientation` in its text. */
export function readXmpOrientation(xmp: Uint8Array): number | undefined {
  const match = /tiff:Orientation(?:="|>)([0-9])/.exec(Buffer.from(xmp).toString('latin1'));
  return match === null ? undefined : Number(match[1]);
}

/** Whether an Exif orientation leaves an image as it is: 1, and anything that means nothing. */
export const isUpright = (orientation: number): boolean => orientation < 2 || orientation > 8;

/**
 * Turns and mirrors an image so that it is upright, as Pillow's `ImageOps.exif_transpose` does.
 *
 * @param orientation the Exif orientation; 2 to 8 change the image, anything else returns it as it is
 */
export function orient(image: RgbImage, orientation: number): RgbImage {
  if (isUpright(orientation)) return image;
  const swapsSides = orientation >= 5;
  const flipsX = [2, 3, 7, 8].includes(orientation);
  const flipsY = [3, 4, 6, 7].includes(orientation);
  const width = swapsSides ? image.height : image.width;
  const height = swapsSides ? image.width : image.height;
  const pixels = new Uint8Array(image.pixels.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = swapsSides ? y : x;
      const row = swapsSides ? x : y;
      const sourceX = flipsX ? image.width - 1 - column : column;
      const sourceY = flipsY ? image.height - 1 - row : row;
      const from = 3 * (sourceY * image.width + sourceX);
      pixels[to++] = image.pixels[from]!;
      pixels[to++] = image.pixels[from + 1]!;
      pixels[to++] = image.pixels[from + 2]!;
    }
  }
  return { width, height, pixels };
}
