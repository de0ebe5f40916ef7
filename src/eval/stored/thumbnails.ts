import { basename, join } from 'node:path';
import { centerCrop, readImage, thumbnail } from '../../data/index.js';
import type { StoredRun } from './stored-run.js';

/** Bounds of the pictures in a report. */
const SIDE = 112;
const MAX_PICTURES = 120;
const MAX_BYTES = 900_000;

/**
 * Small pictures of images of a run, as the network sees them (cropped), in JPEG: as many of the first as stay in the
 * bounds. Images that have gone or cannot be decoded are left out.
 * @param files names, those first that matter most
 * @returns JPEG bytes by name
 */
export async function thumbnails(
  { network }: StoredRun,
  files: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const pictures = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const file of files.slice(0, MAX_PICTURES)) {
    if (basename(file) !== file) continue;
    const picture = await pictureOf(join(network.validation_samples, file), network.preprocess.crop_fraction);
    if (picture === null) continue;
    bytes += picture.length;
    if (bytes > MAX_BYTES) break;
    pictures.set(file, picture);
  }
  return pictures;
}

async function pictureOf(path: string, cropFraction: number | null): Promise<Uint8Array | null> {
  try {
    const image = await readImage(path);
    return await thumbnail(cropFraction === null ? image : centerCrop(image, cropFraction), SIDE);
  } catch {
    return null;
  }
}
