import { existsSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { failure, inputError, QpannError } from '../core/errors.js';

/**
 * A directory of results that appears whole or not at all: it is `<path>.partial` until `complete`, and removed if the process
 * exits before, unless it is kept to go on from.
 */
export interface RunDirectory {
  readonly path: string;
  /** Where it is until it is complete. */
  readonly partial: string;
  /** Writes one file. @throws QpannError if the disk is full or the like */
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** Removes one file, if it is there. */
  remove(name: string): Promise<void>;
  /** From now on what is written stays, whatever happens. */
  keep(): void;
  /** Gives the directory its name. */
  complete(): Promise<void>;
  /** Removes what was written so far, if it is not kept. */
  discard(): Promise<void>;
}

/** How a run directory that needs long work treats what an earlier run has left in `<path>.partial`. */
export interface Unfinished {
  /** The file that says that it is worth keeping. */
  readonly file: string;
  /** Whether to go on from it. */
  readonly resume: boolean;
}

/**
 * Starts a run directory. What a killed run left in `<path>.partial` is removed, unless it is to be kept or gone on from.
 * @param marker file that every directory of this kind holds, `<path>.partial` too: no other is ever removed
 * @throws QpannError if the directory exists and `force` is not set, or it cannot be made
 */
export async function startRunDirectory(
  path: string,
  marker: string,
  force: boolean,
  unfinished?: Unfinished,
): Promise<RunDirectory> {
  const target = resolve(path);
  const partial = `${target}.partial`;
  const resumes = unfinished?.resume === true;
  await checkTarget(target, marker, force || resumes);
  await checkTarget(partial, marker, true);
  if (unfinished !== undefined && !resumes && !force && existsSync(join(partial, unfinished.file)))
    throw inputError(
      `${partial} is an unfinished run: go on with --resume ${path}, or start again with --force`,
    );
  const removePartial = () => rmSync(partial, { recursive: true, force: true });
  if (!resumes)
    await attempt(target, async () => {
      removePartial();
      await makeFolder(partial);
    });
  let kept = resumes;
  if (!kept) process.once('exit', removePartial);
  const write = (name: string, content: string | Uint8Array): Promise<void> =>
    attempt(join(target, name), async () => {
      await makeFolder(dirname(join(partial, name)));
      await writeFile(join(partial, name), content);
    });
  const directory: RunDirectory = {
    path: target,
    partial,
    write,
    remove: (name) => attempt(join(target, name), () => rm(join(partial, name), { force: true })),
    keep() {
      kept = true;
      process.off('exit', removePartial);
    },
    complete: () =>
      attempt(target, async () => {
        await checkTarget(target, marker, force);
        const old = `${target}.${process.pid}.old`;
        const replaces = existsSync(target);
        if (replaces) await rename(target, old);
        await rename(partial, target);
        process.off('exit', removePartial);
        if (replaces) await rm(old, { recursive: true, force: true });
      }),
    async discard() {
      process.off('exit', removePartial);
      if (!kept) removePartial();
    },
  };
  if (resumes) return directory;
  try {
    await write(marker, '{}\n');
  } catch (error) {
    await directory.discard();
    throw error;
  }
  return directory;
}

/** As `mkdir` with `recursive`, which never returns where the system denies that a folder exists (/proc in Node.js 20). */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  await makeFolder(dirname(path));
  await mkdir(path);
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
    if (cause instanceof QpannError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOSPC' ? 'no space left on the disk' : message;
    throw failure(`cannot write ${what}: ${reason}`, { cause });
  }
}
