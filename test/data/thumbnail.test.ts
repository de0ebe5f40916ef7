import { decodeImage, type RgbImage, thumbnail } from '../../src/data/index.js';
import { assert, test } from '../harness.js';

const gradient = (width: number, height: number): RgbImage => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height * 3 }, (_, i) => (((i / 3) % width) * 255) / width),
});

test('a thumbnail is a small JPEG of the image, the same each time', async () => {
  const image = gradient(400, 200);
  const jpeg = await thumbnail(image, 100);
  assert.ok(jpeg.length < 3000, `${jpeg.length} bytes`);
  const small = await decodeImage(jpeg, 'thumbnail');
  assert.equal([small.width, small.height], [100, 50]);
  const middle = small.pixels[(25 * 100 + 50) * 3]!;
  assert.ok(Math.abs(middle - 127) < 8, `${middle}`);
  assert.ok(Buffer.from(await thumbnail(image, 100)).equals(jpeg));
});

test('small images keep their size, thin ones a pixel', async () => {
  const sizeOf = async (width: number, height: number) => {
    const small = await decodeImage(await thumbnail(gradient(width, height), 112), 'thumbnail');
    return [small.width, small.height];
  };
  assert.equal(await sizeOf(32, 32), [32, 32]);
  assert.equal(await sizeOf(2000, 1), [112, 1]);
});
