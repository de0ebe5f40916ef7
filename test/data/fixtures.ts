import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RgbImage } from '../../src/data/index.js';

interface Encoded {
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
}

interface Expected {
  readonly decoded: readonly (Encoded & { readonly file: string })[];
  readonly source: Encoded;
  readonly resized: readonly (Encoded & { readonly filter: 'nearest' | 'bilinear' | 'bicubic' })[];
  readonly luma: Encoded & { readonly luma: string };
  readonly preprocessed: { readonly [name in 'rgb' | 'tf' | 'torch' | 'caffe']: string };
}

/** Path of a file under `fixtures/images/`. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/images/${name}`, import.meta.url));

/** What Pillow and Keras gave, see tools/oracle/pillow_images.py. */
export const expected: Expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8'));

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

export const imageOf = ({ width, height, rgb }: Encoded): RgbImage => ({
  width,
  height,
  pixels: bytesOf(rgb),
});

/** Largest absolute difference of two byte arrays; infinite if their lengths differ. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i]! - b[i]!));
  return max;
}
