import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QpannError } from '../../src/core/index.js';

/** Runs `body` with a new folder that holds the files, then removes it. */
export async function withFiles<T>(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'qpann-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The message of the input error that `load` ends with, the folder taken out. */
export async function messageOf(folder: string, load: Promise<unknown>): Promise<string> {
  const error: unknown = await load.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof QpannError) || error.kind !== 'input') throw error;
  return error.message.replaceAll(`${folder}/`, '');
}
