import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { failure, inputError } from '../core/index.js';

/** A directory of results that appears whole or not at all: it is `<path>.partial` until `complete`. */
export interface RunDirectory {
  readonly path: string;
  /** Writes one file. @throws QpannError if the disk is full or the like */
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** Gives the directory its name. */
  complete(): Promise<void>;
  /** Removes what was written so far. */
  discard(): Promise<void>;
}

/**
 * Starts a run directory. What an earlier unfinished run left in `<path>.partial` is removed.
 * @param marker file that every directory of this kind holds: `force` replaces only those
 * @throws QpannError if the directory exists and `force` is not set, or it cannot be made
 */
export async function startRunDirectory(path: string, marker: string, force: boolean): Promise<RunDirectory> {
  const target = resolve(path);
  const partial = `${target}.partial`;
  await checkTarget(target, marker, force);
  await attempt(partial, async () => {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
  });
  return {
    path: target,
    write: (name, content) =>
      attempt(join(target, name), async () => {
        await mkdir(dirname(join(partial, name)), { recursive: true });
        await writeFile(join(partial, name), content);
      }),
    complete: () =>
      attempt(target, async () => {
        await checkTarget(target, marker, force);
        const old = `${target}.old`;
        const replaces = existsSync(target);
        if (replaces) await rename(target, old);
        await rename(partial, target);
        if (replaces) await rm(old, { recursive: true, force: true });
      }),
    discard: () => rm(partial, { recursive: true, force: true }),
  };
}

async function checkTarget(target: string, marker: string, force: boolean): Promise<void> {
  if (!existsSync(target)) return;
  if (!force) throw inputError(`${target} exists already: choose another --out, or --force to replace it`);
  const entries = await readdir(target).catch(() => null);
  if (entries === null) throw inputError(`${target} is not a folder`);
  if (entries.length > 0 && !entries.includes(marker))
    throw inputError(`${target} holds no ${marker}, so it is not replaced: choose another --out`);
}

async function attempt(what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOSPC' ? 'no space left on the disk' : message;
    throw failure(`cannot write ${what}: ${reason}`, { cause });
  }
}
