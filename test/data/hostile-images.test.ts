import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { QpannError } from '../../src/core/errors.js';
import { decodeImage, type JpegDecoder, type RgbImage } from '../../src/data/index.js';
import { assert, test } from '../harness.js';
import { fixture } from './fixtures.js';

const MUTATIONS = 300;

const png = readFileSync(fixture('palette-4-trns.png'));
const interlaced = readFileSync(fixture('rgb-16-interlaced.png'));
const jpeg = readFileSync(fixture('ycc-420.jpg'));
const progressive = readFileSync(fixture('gray-progressive.jpg'));

/** The image, or the QpannError that names the file; anything else fails the test. */
async function imageOrError(
  bytes: Uint8Array,
  decoder: JpegDecoder = 'libjpeg',
): Promise<RgbImage | QpannError> {
  try {
    const image = await decodeImage(bytes, 'bad.bin', { decoder });
    assert.is(image.pixels.length, image.width * image.height * 3);
    return image;
  } catch (error) {
    assert.instance(error, QpannError, String(error));
    const { kind, message } = error as QpannError;
    assert.ok(kind === 'input' && message.startsWith('bad.bin: ') && !message.includes('\n'), message);
    return error as QpannError;
  }
}

async function refuse(bytes: Uint8Array, message: RegExp, decoder?: JpegDecoder): Promise<void> {
  const result = await imageOrError(bytes, decoder);
  assert.instance(result, QpannError, 'it was decoded');
  assert.match((result as QpannError).message, message);
}

/** A copy with `values` written at `at`. */
function patched(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
}

/** A copy of a PNG in which every chunk that lies within the file has the right CRC. */
function withCrcs(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  for (let at = 8; at + 12 <= copy.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > copy.length) break;
    view.setUint32(end, crc32(copy.subarray(at + 4, end)));
    at = end + 4;
  }
  return copy;
}

const pngOfSize = (width: number, height: number): Uint8Array => {
  const copy = Buffer.from(png);
  copy.writeUInt32BE(width, 16);
  copy.writeUInt32BE(height, 20);
  return withCrcs(copy);
};

/** Position of the height in the frame header of a JPEG. */
const frameSizeAt = (bytes: Buffer): number => bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5;

const jpegOfSize = (width: number, height: number): Uint8Array =>
  patched(jpeg, frameSizeAt(jpeg), height >> 8, height & 255, width >> 8, width & 255);

test('no image', async () => {
  await refuse(new Uint8Array(0), /the file is empty/);
  await refuse(Buffer.from('GIF89a'), /the format is not supported; expected a PNG or JPEG image/);
  await refuse(Buffer.from([0xff]), /not supported/);
  await refuse(Buffer.from([0xff, 0xd8, 0xff, 0xd9]), /holds no image/);
  await refuse(Buffer.from([0xff, 0xd8, 0xff]), /truncated/);
});

test('sizes are checked before anything is allocated', async () => {
  await refuse(pngOfSize(40_000, 40_000), /the image is 40000×40000 pixels; expected sides of 1 to 32767/);
  await refuse(pngOfSize(0, 0), /the image is 0×0 pixels/);
  await refuse(pngOfSize(11_000, 11_000), /at most 100 megapixels/);
  await refuse(pngOfSize(4_294_967_295, 1), /4294967295×1/);
  await refuse(jpegOfSize(40_000, 40_000), /the image is 40000×40000 pixels/);
  await refuse(jpegOfSize(65_535, 1), /65535×1/);
  await refuse(jpegOfSize(17, 0), /17×0/);
});

test('a size that the data cannot fill is refused without allocating it', async () => {
  const before = process.memoryUsage().arrayBuffers;
  await refuse(pngOfSize(10_000, 10_000), /truncated/);
  await refuse(jpegOfSize(10_000, 10_000), /truncated/);
  await refuse(jpegOfSize(10_000, 10_000), /truncated/, 'jpeg-js');
  assert.ok(process.memoryUsage().arrayBuffers - before < 10e6);
});

test('data that inflates to more than the image is not inflated', async () => {
  const bomb = deflateSync(new Uint8Array(50_000_000));
  const at = png.indexOf('IDAT') - 4;
  const idat = Buffer.concat([Buffer.alloc(4), Buffer.from('IDAT'), bomb, Buffer.alloc(4)]);
  idat.writeUInt32BE(bomb.length);
  const file = withCrcs(Buffer.concat([png.subarray(0, at), idat, png.subarray(png.indexOf('IEND') - 4)]));
  await refuse(file, /the PNG image data is damaged/);
});

test('unsupported kinds say so', async () => {
  await refuse(withCrcs(patched(png, 24, 3)), /bit depth 3/);
  await refuse(withCrcs(patched(png, 25, 5)), /color type 5/);
  await refuse(withCrcs(patched(png, 26, 1)), /compression 1/);
  const frame = frameSizeAt(jpeg) - 5;
  await refuse(patched(jpeg, frame + 1, 0xc9), /coding process 9 is not supported/);
  await refuse(patched(jpeg, frame + 4, 12), /12 bits per sample/);
});

test('a damaged chunk is refused', async () => {
  await refuse(patched(png, png.indexOf('IDAT'), 10), /a chunk has no valid type/);
  await refuse(patched(png, png.indexOf('IDAT') + 10, 0), /the IDAT chunk of the PNG file is damaged/);
});

test('every truncation is refused', async () => {
  for (const bytes of [png, interlaced, jpeg]) {
    for (let length = 0; length < bytes.length; length++) {
      await refuse(bytes.subarray(0, length), /truncated|empty|not supported|expected/);
    }
  }
});

test('a JPEG whose data ends early is damaged although it has an end marker', async () => {
  const early = Buffer.concat([jpeg.subarray(0, -40), Buffer.from([0xff, 0xd9])]);
  await refuse(early, /the JPEG file cannot be decoded \(Corrupt JPEG data: premature end of data segment\)/);
  await refuse(early, /the JPEG file cannot be decoded/, 'jpeg-js');
});

/** Changes, inserts or removes a few bytes. */
function* mutations(bytes: Uint8Array, seed: number): Generator<Uint8Array> {
  const random = xoroshiro128plus(seed);
  for (let i = 0; i < MUTATIONS; i++) {
    let mutated = Buffer.from(bytes);
    for (let edits = uniformInt(random, 1, 4); edits > 0; edits--) {
      const at = uniformInt(random, 2, mutated.length - 1);
      const kind = uniformInt(random, 0, 5);
      if (kind === 0) mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + 1)]);
      else if (kind === 1)
        mutated = Buffer.concat([mutated.subarray(0, at), Buffer.from([255]), mutated.subarray(at)]);
      else
        mutated[at] =
          kind === 2 ? mutated[at]! ^ (1 << uniformInt(random, 0, 7)) : uniformInt(random, 0, 255);
    }
    yield mutated;
  }
}

for (const [name, bytes] of Object.entries({ png, interlaced })) {
  test(`${MUTATIONS} mutations of a PNG (${name}) give an image or a QpannError`, async () => {
    let decoded = 0;
    for (const mutated of mutations(bytes, 1)) {
      await imageOrError(mutated);
      if (!((await imageOrError(withCrcs(mutated))) instanceof QpannError)) decoded += 1;
    }
    assert.ok(decoded > 0 && decoded < MUTATIONS, `${decoded} were decoded`);
  });
}

for (const [name, bytes] of Object.entries({ jpeg, progressive })) {
  for (const decoder of ['libjpeg', 'jpeg-js'] as const) {
    test(`${MUTATIONS} mutations of a JPEG (${name}) by ${decoder} give an image or a QpannError`, async () => {
      let decoded = 0;
      for (const mutated of mutations(bytes, 2)) {
        if (!((await imageOrError(mutated, decoder)) instanceof QpannError)) decoded += 1;
      }
      assert.ok(decoded > 0 && decoded < MUTATIONS, `${decoded} were decoded`);
    });
  }
}
