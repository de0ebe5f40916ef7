import { basename, join, resolve } from 'node:path';
import { inputError } from '../core/index.js';
import {
  isSweep,
  readRun,
  readSweep,
  requireSameQuestion,
  type StoredRun,
  thumbnails,
} from '../eval/index.js';
import { runReport, sweepReport } from '../report/index.js';
import { startOutputFile } from './output-file.js';

/** The page of a run directory. */
export const REPORT = 'report.html';

/** The page of runs of one question. @throws QpannError if they are not */
export function reportOf(runs: readonly StoredRun[]): Promise<string> {
  requireSameQuestion(runs);
  return runReport(runs, (files) => thumbnails(runs[0]!, files));
}

/**
 * Writes the page of run directories, or of a sweep.
 * @param out the file; that of the directory when absent
 * @returns the path of the file
 * @throws QpannError for a directory that cannot be read, for runs that do not belong together, and a file that cannot be written
 */
export async function writeReport(
  folders: readonly string[],
  out: string | undefined,
  force: boolean,
): Promise<string> {
  const twice = folders.find(
    (folder, i) => folders.findIndex((other) => resolve(other) === resolve(folder)) < i,
  );
  if (twice !== undefined) throw inputError(`${twice} is given twice`);
  const page = await pageOf(folders);
  const own = out === undefined;
  const file = await startOutputFile(out ?? join(folders[0]!, REPORT), own || force);
  try {
    await file.complete(new TextEncoder().encode(page));
    return file.path;
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** The page of run directories, or of a sweep's. @throws QpannError for one that cannot be read, and for runs that do not belong together */
export async function pageOf(folders: readonly string[]): Promise<string> {
  const sweep = folders.find(isSweep);
  if (sweep === undefined) return reportOf(await readRuns(folders));
  if (folders.length > 1) throw inputError(`${sweep} is a sweep, which has a page of its own: name it alone`);
  return sweepReport(await readSweep(sweep));
}

/** Reads run directories; their names tell them apart. @throws QpannError if one cannot be read */
export async function readRuns(folders: readonly string[]): Promise<StoredRun[]> {
  const names = folders.map((folder) => basename(resolve(folder)));
  const runs: StoredRun[] = [];
  for (const [i, folder] of folders.entries()) {
    const isUnique = names.filter((name) => name === names[i]).length === 1;
    runs.push(await readRun(folder, isUnique ? names[i] : folder));
  }
  return runs;
}
