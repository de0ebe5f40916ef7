import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { RgbImage } from './image.js';

/** What an entry starts with; another form of entries gets another one. */
const MAGIC = Buffer.from('qpann image 1\n');
const DIGEST_BYTES = 32;

/** Size that the cache is cut back to, in bytes. */
const MAX_BYTES = 4 * 2 ** 30;

/** An entry that is used counts as new again, but is not touched more often than this. */
const TOUCH_MILLISECONDS = 24 * 3600 * 1000;

/** Folder of decoded, resized images: `$QPANN_CACHE`, or `qpann` in the user's cache folder. */
export const cacheFolder = (): string =>
  process.env.QPANN_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qpann');

/** What `action` gives, or null if it throws: what goes wrong with a cache is no error. */
function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}

/**
 * The image that `make` gives for a file, from the cache if it is there and the file has not changed since. Entries appear whole
 * (written aside, then renamed) and carry a checksum, so that other processes and damage do no harm; what cannot be
 * read or written is done without.
 * @param kind whatever else the image depends on
 * @throws what `make` throws
 */
export async function cached(
  folder: string,
  path: string,
  kind: object,
  width: number,
  height: number,
  make: () => Promise<RgbImage>,
): Promise<RgbImage> {
  // Files are read and written synchronously, as `readPart` does and why it does.
  await setImmediate();
  const file = attempt(() => statSync(path));
  if (file === null) return make();
  const key = JSON.stringify([resolve(path), file.size, file.mtimeMs, kind]);
  const name = createHash('sha256').update(key).digest('hex');
  const entry = join(folder, name.slice(0, 2), name.slice(2));
  const pixels = readEntry(entry, width * height * 3);
  if (pixels !== null) return { width, height, pixels };
  const image = await make();
  attempt(() => writeEntry(entry, image.pixels));
  return image;
}

function readEntry(entry: string, length: number): Uint8Array | null {
  const bytes = attempt(() => readFileSync(entry));
  const start = MAGIC.length + DIGEST_BYTES;
  if (bytes === null || bytes.length !== start + length || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return null;
  const pixels = bytes.subarray(start);
  if (!digest(pixels).equals(bytes.subarray(MAGIC.length, start))) return null;
  attempt(() => touch(entry));
  return pixels;
}

function touch(entry: string): void {
  const now = new Date();
  if (now.getTime() - statSync(entry).mtimeMs > TOUCH_MILLISECONDS) utimesSync(entry, now, now);
}

const digest = (pixels: Uint8Array): Buffer => createHash('sha256').update(pixels).digest();

function writeEntry(entry: string, pixels: Uint8Array): void {
  mkdirSync(dirname(entry), { recursive: true });
  const aside = `${entry}.${randomUUID()}`;
  try {
    writeFileSync(aside, Buffer.concat([MAGIC, digest(pixels), pixels]));
    renameSync(aside, entry);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Removes the entries that have not been used for longest until `maxBytes` are left. Does nothing where it may not. */
export async function trimCache(folder: string, maxBytes = MAX_BYTES): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const file = await stat(path).catch(() => null);
      return file?.isFile() ? [{ path, size: file.size, used: file.mtimeMs }] : [];
    }),
  );
  const byAge = entries.flat().sort((a, b) => a.used - b.used);
  let left = byAge.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of byAge) {
    if (left <= maxBytes) return;
    await rm(path, { force: true }).catch(() => undefined);
    left -= size;
  }
}
