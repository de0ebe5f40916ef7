import { centerCrop, resize } from '../../src/data/index.js';
import { assert, test } from '../harness.js';
import { bytesOf, expected, imageOf } from './fixtures.js';

for (const { filter, width, height, rgb } of expected.resized) {
  test(`resize ${filter} to ${width}×${height} as Pillow`, () => {
    const image = resize(imageOf(expected.source), width, height, filter);
    assert.equal([image.width, image.height], [width, height]);
    assert.equal(image.pixels, bytesOf(rgb));
  });
}

/** An image whose red tells the column and green the row. */
const grid = (width: number, height: number) => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % width, Math.floor(pixel / width), 0][i % 3]!;
  }),
});

test('a crop of nothing or beyond the image is an input error', () => {
  for (const fraction of [0, -1, 1.1, Number.NaN]) {
    assert.throws(
      () => centerCrop(grid(4, 4), fraction),
      /crop_fraction is .*; expected a number above 0, at most 1/,
    );
  }
});

test('the crop rounds halves of its side to even and its corner down', () => {
  for (const [width, height, fraction, side, left, top] of [
    [10, 10, 0.25, 2, 4, 4],
    [14, 20, 0.25, 4, 5, 8],
    [17, 11, 0.875, 10, 3, 0],
    [500, 375, 0.875, 328, 86, 23],
    [9, 5, 1, 5, 2, 0],
    [3, 3, 0.01, 1, 1, 1],
  ] as const) {
    const cropped = centerCrop(grid(width, height), fraction);
    assert.equal([cropped.width, cropped.height], [side, side]);
    assert.equal([...cropped.pixels.subarray(0, 2)], [left % 256, top]);
    assert.equal([...cropped.pixels.subarray(-3, -1)], [(left + side - 1) % 256, (top + side - 1) % 256]);
  }
});
