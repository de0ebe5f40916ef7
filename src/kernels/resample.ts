import { instantiate, type KernelExports, SLACK_BYTES } from './fast-kernel.js';

/** A part of an image in 8 bits: pixel (x, y) starts at byte `start + rowBytes·y + pixelBytes·x` with red, green and blue. */
interface Image {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array | Uint8ClampedArray;
  readonly start: number;
  readonly rowBytes: number;
  readonly pixelBytes: 3 | 4;
}

/** For each output position the first source position and the weights from there on, `stride` apart, in units of 2^−22. */
interface Taps {
  readonly sourceSize: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Both passes, and which comes first. */
interface Passes {
  readonly columns: Taps;
  readonly rows: Taps;
  readonly rowsFirst: boolean;
}

/** Taps in the form of `assembly/resample.ts`, without their positions in bytes. */
interface PackedTaps {
  readonly starts: Int32Array;
  readonly pairs: number;
  /** Low halves of the weights of a pair of taps, then high halves. */
  readonly weights: Int16Array;
}

const PAGE_BYTES = 65536;
const MAX_PAGES = 1024;

/** Source bytes that lie in memory at a time, if they are enough for a step: they stay in the cache of a core. */
const STRIP_BYTES = 65536;

const PAIR_LENGTH = 4;
const ROWS_AT_ONCE = 4;
const roundUp = (count: number, unit: number): number => Math.ceil(count / unit) * unit;

/**
 * Resamples images with the fast kernels, in a memory of its own that grows with the images.
 * @param shared whether the module is the build for memory that threads share
 * @returns a function that gives R, G, B of `columns.starts.length × rows.starts.length` pixels, or null for an image that would
 *   need more than 64 MiB
 */
export function openResampler(
  module: WebAssembly.Module,
  shared: boolean,
): (image: Image, passes: Passes) => Uint8Array | null {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared });
  const kernels = instantiate(module, memory);
  return (image, passes) => {
    const columns = packTaps(passes.columns);
    const rows = passes.rows === passes.columns ? columns : packTaps(passes.rows);
    return (passes.rowsFirst ? rowsThenColumns : columnsThenRows)(kernels, memory, image, columns, rows);
  };
}

/** The horizontal pass strip by strip, whose rows stay in memory for the vertical one. */
function columnsThenRows(
  kernels: KernelExports,
  memory: WebAssembly.Memory,
  image: Image,
  columns: PackedTaps,
  rows: PackedTaps,
): Uint8Array | null {
  const { height: sourceHeight, rowBytes, pixelBytes } = image;
  const [width, height] = [columns.starts.length, rows.starts.length];
  const stride = strideOf(width);
  const strip = roundUp(Math.min(sourceHeight, Math.ceil(STRIP_BYTES / rowBytes)), ROWS_AT_ONCE);
  const layout = layOut(memory, [
    tapBytes(columns),
    tapBytes(rows),
    (strip + 1) * rowBytes,
    (roundUp(sourceHeight, ROWS_AT_ONCE) + 1) * stride,
    height * width * 3,
  ]);
  if (layout === null) return null;
  const [columnTaps, rowTaps, source, between, output] = layout as [number, number, number, number, number];
  place(memory, columnTaps, columns, pixelBytes);
  place(memory, rowTaps, rows, stride);
  for (let y = 0; y < sourceHeight; y += strip) {
    const count = Math.min(strip, sourceHeight - y);
    copyRows(memory, source, image, y, count);
    const to = between + y * stride;
    const { pairs } = columns;
    kernels.resample_columns_4(source, rowBytes, pixelBytes, to, stride, count, width, columnTaps, pairs);
  }
  kernels.resample_rows_16(between, stride, output, 3 * width, 3 * width, height, rowTaps, rows.pairs);
  return new Uint8Array(memory.buffer, output, height * width * 3).slice();
}

/** The vertical pass row by row, each from the rows that it needs. */
function rowsThenColumns(
  kernels: KernelExports,
  memory: WebAssembly.Memory,
  image: Image,
  columns: PackedTaps,
  rows: PackedTaps,
): Uint8Array | null {
  const { width: sourceWidth, height: sourceHeight, rowBytes, pixelBytes } = image;
  const [width, height] = [columns.starts.length, rows.starts.length];
  const bytes = sourceWidth * pixelBytes;
  const betweenStride = roundUp(bytes, 16);
  const stride = strideOf(width);
  const taken = 2 * rows.pairs;
  const allRows = roundUp(height, ROWS_AT_ONCE);
  const layout = layOut(memory, [
    tapBytes(columns),
    tapBytes(rows),
    (taken + 1) * rowBytes,
    (allRows + 1) * betweenStride,
    allRows * stride,
  ]);
  if (layout === null) return null;
  const [columnTaps, rowTaps, source, between, output] = layout as [number, number, number, number, number];
  place(memory, columnTaps, columns, pixelBytes);
  place(memory, rowTaps, rows, 0);
  const entryBytes = tapBytes(rows) / height;
  rows.starts.forEach((start, y) => {
    copyRows(memory, source, image, start, Math.min(taken, sourceHeight - start));
    const to = between + y * betweenStride;
    const taps = rowTaps + y * entryBytes;
    kernels.resample_rows_16(source, rowBytes, to, betweenStride, bytes, 1, taps, rows.pairs);
  });
  const { pairs } = columns;
  kernels.resample_columns_4(
    between,
    betweenStride,
    pixelBytes,
    output,
    stride,
    height,
    width,
    columnTaps,
    pairs,
  );
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++)
    pixels.set(new Uint8Array(memory.buffer, output + y * stride, 3 * width), y * 3 * width);
  return pixels;
}

/** Bytes of a row of three bytes for each pixel, and one more at least. */
const strideOf = (width: number): number => roundUp(3 * width + 1, 16);

/** Addresses of parts of memory, which grows if it has to; null if it cannot. */
function layOut(memory: WebAssembly.Memory, sizes: readonly number[]): readonly number[] | null {
  let end = 0;
  const addresses = sizes.map((size) => {
    const address = end;
    end += roundUp(size, 16);
    return address;
  });
  const pages = Math.ceil((end + SLACK_BYTES) / PAGE_BYTES);
  if (pages > MAX_PAGES) return null;
  const missing = pages - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  return addresses;
}

/** Rows of an image, `rowBytes` apart as they are there. */
function copyRows(
  { buffer }: WebAssembly.Memory,
  address: number,
  { bytes, start, rowBytes, width, pixelBytes }: Image,
  first: number,
  count: number,
): void {
  const from = start + first * rowBytes;
  const rows = bytes.subarray(from, from + (count - 1) * rowBytes + width * pixelBytes);
  new Uint8Array(buffer, address, rows.length).set(rows);
}

const tapBytes = ({ starts, pairs }: PackedTaps): number =>
  starts.length * (4 + pairs * PAIR_LENGTH * Int16Array.BYTES_PER_ELEMENT);

/** Writes a table. @param unit bytes from one position of the source to the next */
function place(
  { buffer }: WebAssembly.Memory,
  address: number,
  { starts, pairs, weights }: PackedTaps,
  unit: number,
): void {
  const words = new Int32Array(buffer, address);
  const halves = new Int32Array(weights.buffer);
  const length = pairs * 2;
  for (let i = 0, to = 0, from = 0; i < starts.length; i++) {
    words[to++] = starts[i]! * unit;
    for (let k = 0; k < length; k++) words[to++] = halves[from++]!;
  }
}

/** All entries get the same number of taps. None reaches further than one position beyond the source. */
function packTaps({ sourceSize, starts, counts, weights, stride }: Taps): PackedTaps {
  const pairs = Math.ceil(counts.reduce((most, count) => Math.max(most, count)) / 2);
  const packed = new Int16Array(starts.length * pairs * PAIR_LENGTH);
  const moved = starts.map((start) => Math.max(0, Math.min(start, sourceSize - 2 * pairs)));
  starts.forEach((start, i) => {
    for (let k = 0; k < counts[i]!; k++) {
      const tap = start - moved[i]! + k;
      const at = (i * pairs + (tap >> 1)) * PAIR_LENGTH + (tap & 1);
      const weight = weights[i * stride + k]!;
      packed[at] = weight & 0x7fff;
      packed[at + 2] = weight >> 15;
    }
  });
  return { starts: moved, pairs, weights: packed };
}
