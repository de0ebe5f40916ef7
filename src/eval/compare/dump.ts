import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { inputError, QpannError } from '../../core/index.js';
import { decodeNpy, type NpyArray } from '../../data/index.js';

/** One `.npy` file of a folder of dumped tensors. */
export interface DumpFile {
  /** Path from the folder, with `/` between its parts. */
  readonly path: string;
  /** Name of its tensor, if a manifest says it. */
  readonly name: string | null;
  /** Reads it. @throws QpannError if it is damaged, or longer than `mostBytes` */
  read(mostBytes: number): Promise<NpyArray>;
}

const MANIFEST = 'manifest.json';
const MAX_DEPTH = 8;
const MAX_FILES = 20_000;

/**
 * Lists the dumped tensors of a folder: every `.npy` file in it and its sub-folders, by name order in which numbers count as numbers.
 * @throws QpannError if the folder cannot be read or holds no such file
 */
export async function listDump(folder: string): Promise<readonly DumpFile[]> {
  const names = await manifestNames(folder);
  const paths: string[] = [];
  await collect(folder, folder, 0, paths);
  if (paths.length === 0) throw inputError(`${folder}: holds no .npy file`);
  const collator = new Intl.Collator('en', { numeric: true });
  return paths
    .sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1))
    .map((path) => ({
      path,
      name: names.get(path) ?? null,
      read: (mostBytes) => readTensor(join(folder, path), mostBytes),
    }));
}

async function collect(root: string, folder: string, depth: number, paths: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw inputError(`${folder}: cannot be read as a folder of .npy files: ${(cause as Error).message}`, {
      cause,
    });
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < MAX_DEPTH) await collect(root, path, depth + 1, paths);
    else if (!entry.isDirectory() && /\.npy$/i.test(entry.name))
      paths.push(relative(root, path).split(sep).join('/'));
    if (paths.length > MAX_FILES) throw inputError(`${root}: holds more than ${MAX_FILES} .npy files`);
  }
}

async function readTensor(path: string, mostBytes: number): Promise<NpyArray> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      throw inputError(`${path}: has ${size} bytes, more than the tensor needs (${mostBytes})`);
    return decodeNpy(await readFile(path), path);
  } catch (cause) {
    if (cause instanceof QpannError) throw cause;
    throw inputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Tensor names by file, from the manifest of `qpann run --all-tensors`; empty without one. */
async function manifestNames(folder: string): Promise<ReadonlyMap<string, string>> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return new Map();
  let manifest: { readonly tensors?: unknown } | null;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw inputError(`${path}: not valid JSON`, { cause });
  }
  const entries: readonly unknown[] = Array.isArray(manifest?.tensors) ? manifest.tensors : [];
  return new Map(
    entries.flatMap((entry) => {
      const { file, name } = (entry ?? {}) as { readonly file?: unknown; readonly name?: unknown };
      return typeof file === 'string' && typeof name === 'string' ? [[file, name] as const] : [];
    }),
  );
}

/** Whether a path is a folder. */
export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(resolve(path)).catch(() => null))?.isDirectory() ?? false;
