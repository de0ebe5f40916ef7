import { readFileSync } from 'node:fs';
import { decodeImage, readImage } from '../../src/data/index.js';
import { assert, test } from '../harness.js';
import { bytesOf, expected, fixture, maxDifference } from './fixtures.js';

/** Largest difference from Pillow of what is not exact; why is in the comment of `decodeJpeg`. */
const TOLERANCES: Readonly<Record<string, number>> = {
  'ycc-440.jpg': 2,
  'cmyk.jpg': 2,
  'cmyk-progressive.jpg': 2,
  'orientation-8-cmyk.jpg': 2,
  'ycck.jpg': 2,
  'ycck-420.jpg': 123,
};
const REFUSED: Readonly<Record<string, RegExp>> = { 'cmyk-plain.jpg': /CMYK JPEG without an Adobe marker/ };

for (const { file, width, height, rgb } of expected.decoded) {
  const refused = REFUSED[file];
  test(`${file} ${refused === undefined ? 'as Pillow' : 'is refused'}`, async () => {
    if (refused !== undefined)
      return assert.match(String(await readImage(fixture(file)).catch(String)), refused);
    const image = await readImage(fixture(file));
    assert.equal([image.width, image.height], [width, height]);
    assert.is(maxDifference(image.pixels, bytesOf(rgb)), TOLERANCES[file] ?? 0);
  });
}

for (const [file, tolerance] of [
  ['ycc-444.jpg', 3],
  ['ycc-444-progressive.jpg', 3],
  ['rgb.jpg', 3],
  ['gray.jpg', 1],
  ['orientation-6.jpg', 90],
] as const) {
  test(`${file} by jpeg-js is near to Pillow`, async () => {
    const { width, height, rgb } = expected.decoded.find((c) => c.file === file)!;
    const image = await readImage(fixture(file), { decoder: 'jpeg-js' });
    assert.equal([image.width, image.height], [width, height]);
    const difference = maxDifference(image.pixels, bytesOf(rgb));
    assert.ok(difference <= tolerance, `difference ${difference}`);
  });
}

test('the format is told by the bytes, not by the name', async () => {
  const png = readFileSync(fixture('rgb-8.png'));
  const jpeg = readFileSync(fixture('gray.jpg'));
  assert.is((await decodeImage(png, 'photo.jpg')).width, 17);
  assert.is((await decodeImage(jpeg, 'photo.png')).width, 17);
});

test('images decoded at the same time do not disturb each other', async () => {
  const cases = expected.decoded.filter(({ file }) => /^ycc-4.*large/.test(file));
  const images = await Promise.all([...cases, ...cases].map(({ file }) => readImage(fixture(file))));
  for (const [i, { pixels }] of images.entries()) assert.equal(pixels, bytesOf(cases[i % cases.length]!.rgb));
});
