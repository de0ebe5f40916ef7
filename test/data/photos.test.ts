import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { centerCrop, listImages, readImage, resize } from '../../src/data/index.js';
import { assert, test } from '../harness.js';

/** Real photos, which are not part of the repository. */
const folder = resolve(
  fileURLToPath(new URL('../..', import.meta.url)),
  process.env.QPANN_DATA ?? '../shared/data',
);

/** SHA-256 over the RGB bytes (and the bytes resized) of Pillow 13.0.0, images in name order. */
const IMAGENET_EVERY_TENTH = '032f6428b728eb1c161418f61dfc2d584686163a6750a6c336e61d5f08368256';
const CIFAR10 = '3810806da5e0890963530701e880494bc7f27acbc40decfffc8d842edb81f3f4';

const testWith = (images: string, name: string, body: () => Promise<void>): void => {
  if (existsSync(images)) test(name, body);
  else test(`${name} (skipped: QPANN_DATA has no such images)`, () => {});
};

const imagenet = resolve(folder, 'imagenet/images');
testWith(imagenet, 'ImageNet photos, decoded, and cropped and resized to 224×224, as Pillow', async () => {
  const hash = createHash('sha256');
  const names = await listImages(imagenet);
  for (const name of names.filter((_, i) => i % 10 === 0)) {
    const image = await readImage(resolve(imagenet, name));
    hash.update(image.pixels).update(resize(centerCrop(image, 0.875), 224, 224, 'bilinear').pixels);
  }
  assert.is(hash.digest('hex'), IMAGENET_EVERY_TENTH);
});

const cifar10 = resolve(folder, 'cifar10/images');
testWith(cifar10, 'CIFAR-10 pictures as Pillow', async () => {
  const hash = createHash('sha256');
  for (const name of await listImages(cifar10)) hash.update((await readImage(resolve(cifar10, name))).pixels);
  assert.is(hash.digest('hex'), CIFAR10);
});
