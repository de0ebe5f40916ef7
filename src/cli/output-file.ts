import { existsSync, rmSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure, inputError, QpannError } from '../core/errors.js';

/**
 * A file that appears whole or not at all: it is `<path>.partial` until it is complete, and removed if the process exits before.
 */
export interface OutputFile {
  readonly path: string;
  /** Writes the content and gives the file its name. @throws QpannError if the disk is full or the like */
  complete(content: Uint8Array): Promise<void>;
  /** Removes what was written so far. */
  discard(): void;
}

/**
 * Starts an output file, so that a path that cannot be written is known before the work begins.
 * @throws QpannError if the file exists and `force` is not set, or it cannot be made
 */
export async function startOutputFile(path: string, force: boolean): Promise<OutputFile> {
  const target = resolve(path);
  const partial = `${target}.partial`;
  const check = (): void => {
    if (!existsSync(target)) return;
    if (!statSync(target).isFile()) throw inputError(`${target} is not a file: choose another -o`);
    if (!force) throw inputError(`${target} exists already: choose another -o, or --force to replace it`);
  };
  const discard = (): void => {
    process.off('exit', discard);
    rmSync(partial, { force: true });
  };
  check();
  if (existsSync(partial) && !statSync(partial).isFile())
    throw inputError(`${partial}, the name for the unfinished file, is taken by a folder: choose another -o`);
  await attempt(target, () => writeFile(partial, ''));
  process.once('exit', discard);
  return {
    path: target,
    complete: (content) =>
      attempt(target, async () => {
        await writeFile(partial, content);
        check();
        await rename(partial, target);
        process.off('exit', discard);
      }),
    discard,
  };
}

async function attempt(target: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    if (cause instanceof QpannError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOSPC' ? 'no space left on the disk' : message;
    throw failure(`cannot write ${target}: ${reason}`, { cause });
  }
}
