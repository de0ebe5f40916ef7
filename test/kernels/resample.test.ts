import { rgbOf, wholeOf } from '../../src/data/image.js';
import type { ImagePart } from '../../src/data/index.js';
import { centerOf, resize, resizePart } from '../../src/data/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { openResampler } from '../../src/kernels/index.js';
import { bytesOf, expected, imageOf } from '../data/fixtures.js';
import { assert, test } from '../harness.js';
import { forRandomNumbers, oneOf, upTo } from './layers.js';

const { plain, shared } = loadKernels()!;
const builds = { plain: openResampler(plain, false), shared: openResampler(shared, true) };

/** An image of three or four bytes for each pixel: noise, or the extremes only, which overshoot most. */
function imageOfBytes(next: () => number, width: number, height: number): ImagePart {
  const pixelBytes = oneOf(next, 3, 4);
  const isExtreme = next() < 0.5;
  const bytes = Uint8Array.from({ length: width * height * pixelBytes }, () =>
    isExtreme ? oneOf(next, 0, 255) : Math.floor(next() * 256),
  );
  return wholeOf({ width, height }, bytes, pixelBytes);
}

for (const [build, resample] of Object.entries(builds)) {
  test(`images are resampled in ${build} memory to the bits of the reference`, () => {
    forRandomNumbers(300, (next) => {
      const side = (): number => oneOf(next, 1, upTo(next, 9), upTo(next, 9), upTo(next, 90));
      const whole = imageOfBytes(next, side(), oneOf(next, side(), 4 * side()));
      const image = next() < 0.5 ? whole : centerOf(whole, 0.2 + 0.8 * next());
      const [width, height] = [side(), side()];
      const filter = oneOf(next, 'bilinear', 'bicubic');
      let isFast = false;
      const fast = resizePart(image, width, height, filter, (...given) => {
        const pixels = resample(...given);
        isFast = pixels !== null;
        return pixels;
      });
      assert.ok(isFast || (width === image.width && height === image.height), 'the kernels ran');
      assert.equal(fast, resize(rgbOf(image), width, height, filter));
    });
  });
}

for (const { filter, width, height, rgb } of expected.resized)
  test(`resampled ${filter} to ${width}×${height} as Pillow`, () => {
    const source = imageOf(expected.source);
    const image = resizePart(wholeOf(source, source.pixels), width, height, filter, builds.plain);
    assert.equal(image.pixels, bytesOf(rgb));
  });

test('rows are read strip by strip, whatever their length', () => {
  forRandomNumbers(6, (next) => {
    const [long, short] = [upTo(next, 20_000), upTo(next, 7)];
    const image = imageOfBytes(next, ...oneOf(next, [long, short] as const, [short, long] as const));
    const [width, height] = [upTo(next, 5), upTo(next, 5)];
    const fast = resizePart(image, width, height, 'bicubic', builds.plain);
    assert.equal(fast, resize(rgbOf(image), width, height, 'bicubic'));
  });
});

test('an image that needs too much memory is left to the reference, the next one is not', () => {
  const results: boolean[] = [];
  const sizes = [
    [2, 2, 6000, 6000],
    [2, 2, 3, 3],
  ] as const;
  for (const [width, height, toWidth, toHeight] of sizes) {
    const image = wholeOf({ width, height }, new Uint8Array(width * height * 3).fill(7));
    const { pixels } = resizePart(image, toWidth, toHeight, 'bilinear', (...given) => {
      const fast = builds.plain(...given);
      results.push(fast !== null);
      return fast;
    });
    assert.is(pixels.length, toWidth * toHeight * 3);
    assert.is(pixels.at(-1), 7);
  }
  assert.equal(results, [false, true]);
});
