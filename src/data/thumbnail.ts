import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { RgbImage } from './image.js';
import { resize } from './resize.js';

/** What libjpeg is asked for: small files of which nobody needs the last bit. */
const OPTIONS = {
  quality: 72,
  baseline: false,
  arithmetic: false,
  progressive: true,
  optimize_coding: true,
  smoothing: 0,
  color_space: 3,
  quant_table: 3,
  trellis_multipass: false,
  trellis_opt_zero: false,
  trellis_opt_table: false,
  trellis_loops: 1,
  auto_subsample: true,
  chroma_subsample: 2,
  separate_chroma_quality: false,
  chroma_quality: 72,
};

type Encode = (pixels: Uint8Array, width: number, height: number) => Uint8Array;

let encoder: Promise<Encode> | undefined;

/**
 * A small JPEG of an image. The same image gives the same bytes.
 * @param side pixels of its longer side, at most; smaller images keep their size
 */
export async function thumbnail(image: RgbImage, side: number): Promise<Uint8Array> {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const small = scale < 1 ? resize(image, width, height, 'bilinear') : image;
  encoder ??= loadEncoder();
  return (await encoder)(withAlpha(small.pixels), width, height);
}

async function loadEncoder(): Promise<Encode> {
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm');
  const { default: factory } = await import('@jsquash/jpeg/codec/enc/mozjpeg_enc.js');
  const module = await factory({ noInitialRun: true, wasmBinary: await readFile(path) });
  return (pixels, width, height) => module.encode(pixels, width, height, OPTIONS).slice();
}

function withAlpha(pixels: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((pixels.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4)
    rgba.set(pixels.subarray(from, from + 3), to);
  return rgba;
}
