import { constants, inflateSync } from 'node:zlib';

/** Geometry of the image data of a PNG, from its header chunk. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  /** Bits of one sample: 1, 2, 4, 8 or 16. */
  readonly bitDepth: number;
  /** Samples of one pixel, the palette index counted as one. */
  readonly channels: number;
  readonly interlaced: boolean;
}

interface Pass {
  readonly x0: number;
  readonly y0: number;
  readonly stepX: number;
  readonly stepY: number;
}

const WHOLE: readonly Pass[] = [{ x0: 0, y0: 0, stepX: 1, stepY: 1 }];

/** The seven passes of PNG's interlacing, PNG specification 8.2. */
const ADAM7: readonly Pass[] = [
  { x0: 0, y0: 0, stepX: 8, stepY: 8 },
  { x0: 4, y0: 0, stepX: 8, stepY: 8 },
  { x0: 0, y0: 4, stepX: 4, stepY: 8 },
  { x0: 2, y0: 0, stepX: 4, stepY: 4 },
  { x0: 0, y0: 2, stepX: 2, stepY: 4 },
  { x0: 1, y0: 0, stepX: 2, stepY: 2 },
  { x0: 0, y0: 1, stepX: 1, stepY: 2 },
];

/** Deflate expands a byte to at most this many. */
const MAX_DEFLATE_RATIO = 1032;

/** Bytes after the image data that are let pass unread. */
const SLACK_BYTES = 65_536;

/**
 * Inflates and unfilters the image data of a PNG and undoes its interlacing.
 *
 * @param compressed the joined contents of the IDAT chunks
 * @returns `height × width × channels` samples, 0 to 2^bitDepth − 1
 * @throws Error (not a QpannError) if the data is damaged or too short; nothing is allocated for data that cannot be there
 */
export function readPngSamples(compressed: Uint8Array, layout: PngLayout): Uint8Array | Uint16Array {
  const { width, height, bitDepth, channels } = layout;
  const passes = (layout.interlaced ? ADAM7 : WHOLE).map((pass) => {
    const columns = Math.ceil((width - pass.x0) / pass.stepX);
    const rows = columns > 0 ? Math.max(0, Math.ceil((height - pass.y0) / pass.stepY)) : 0;
    return { ...pass, columns, rows, rowBytes: Math.ceil((columns * channels * bitDepth) / 8) };
  });
  const bytes = passes.reduce((sum, pass) => sum + pass.rows * (1 + pass.rowBytes), 0);
  if (bytes > compressed.length * MAX_DEFLATE_RATIO) throw new Error('the image data is truncated');
  const data = inflateSync(compressed, {
    maxOutputLength: bytes + SLACK_BYTES,
    chunkSize: Math.max(bytes, constants.Z_MIN_CHUNK),
  });
  if (data.length < bytes) throw new Error('the image data is truncated');

  const samples = new (bitDepth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  const pixelBytes = Math.max(1, (channels * bitDepth) / 8);
  let at = 0;
  for (const pass of passes) {
    let above = new Uint8Array(pass.rowBytes);
    for (let row = 0; row < pass.rows; row++) {
      const line = data.subarray(at + 1, at + 1 + pass.rowBytes);
      unfilter(data[at]!, line, above, pixelBytes);
      const first = ((pass.y0 + row * pass.stepY) * width + pass.x0) * channels;
      unpack(line, bitDepth, pass.columns, channels, samples, first, pass.stepX * channels);
      at += 1 + pass.rowBytes;
      above = line;
    }
  }
  return samples;
}

/** Undoes filter `type` on `line` in place, PNG specification 9.2. */
function unfilter(type: number, line: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const filter = FILTERS[type];
  if (filter === undefined) throw new Error(`filter type ${type} does not exist`);
  filter(line, above, pixelBytes);
}

/** The filters None, Sub, Up, Average and Paeth; bytes left of the line are 0. */
const FILTERS: readonly ((line: Uint8Array, above: Uint8Array, pixelBytes: number) => void)[] = [
  () => {},
  (line, _, pixelBytes) => {
    for (let i = pixelBytes; i < line.length; i++) line[i]! += line[i - pixelBytes]!;
  },
  (line, above) => {
    for (let i = 0; i < line.length; i++) line[i]! += above[i]!;
  },
  (line, above, pixelBytes) => {
    for (let i = 0; i < line.length; i++) line[i]! += ((line[i - pixelBytes] ?? 0) + above[i]!) >> 1;
  },
  (line, above, pixelBytes) => {
    for (let i = 0; i < line.length; i++) {
      line[i]! += paeth(line[i - pixelBytes] ?? 0, above[i]!, above[i - pixelBytes] ?? 0);
    }
  },
];

/** The neighbour nearest to `left + up − upLeft`, PNG specification 9.4. */
function paeth(left: number, up: number, upLeft: number): number {
  const toLeft = Math.abs(up - upLeft);
  const toUp = Math.abs(left - upLeft);
  const toUpLeft = Math.abs(left + up - 2 * upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

/** Spreads one line of packed samples over `samples` from `first` on, with `step` samples from pixel to pixel. */
function unpack(
  line: Uint8Array,
  bitDepth: number,
  columns: number,
  channels: number,
  samples: Uint8Array | Uint16Array,
  first: number,
  step: number,
): void {
  if (bitDepth === 8 && step === channels) {
    samples.set(line, first);
    return;
  }
  const mask = (1 << bitDepth) - 1;
  let source = 0;
  for (let column = 0; column < columns; column++) {
    for (let channel = 0; channel < channels; channel++, source++) {
      const bit = source * bitDepth;
      const value =
        bitDepth === 16
          ? (line[2 * source]! << 8) | line[2 * source + 1]!
          : (line[bit >> 3]! >> (8 - bitDepth - (bit & 7))) & mask;
      samples[first + column * step + channel] = value;
    }
  }
}
