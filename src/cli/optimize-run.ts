import { basename } from 'node:path';
import { inputError } from '../core/index.js';
import { loadMachine } from '../eval/index.js';
import { jsonOf, optimizeText } from '../report/index.js';
import { type CostKind, optimize, splitImages } from '../search/index.js';
import { MARKER, requestOf, writeRequest, writeRunFile } from './request.js';
import { startRunDirectory } from './run-directory.js';
import type { SearchRunOptions } from './search-options.js';
import { calibrateForSearch, evaluateForSearch, loadForSearch, openSession, say } from './search-run.js';

/** Options of `qpann optimize`, settled. */
export interface OptimizeRunOptions extends SearchRunOptions {
  readonly maxDrop: number;
  readonly cost: CostKind;
  readonly bits: readonly number[];
  readonly activationBits: readonly number[];
}

/** Carries out `qpann optimize`: prints, and writes its directory. */
export async function runOptimize(options: OptimizeRunOptions): Promise<void> {
  const started = new Date();
  const request = await requestOf({ ...options, from: undefined, resume: undefined });
  const { maxDrop, cost, bits, activationBits, machine: file } = options;
  if (cost === 'cycles' && file === undefined) throw inputError('--cost cycles needs a --machine');
  const machine = file === undefined ? undefined : await loadMachine(file);
  const session = openSession(options);
  const dry = await loadForSearch(request, session);
  const { search: searched, heldBack } = splitImages(dry.images, dry.network.seed);
  const directory =
    options.out === undefined ? undefined : await startRunDirectory(options.out, MARKER, options.force);
  try {
    if (!options.quiet)
      say(`${searched.length} images for the search, ${heldBack.length} held back to verify it`);
    const search = await calibrateForSearch(dry, request.skipBadImages, session);
    const question = { maxDrop, cost, bits, activationBits, ...(machine && { machine }) };
    const { results, recreation } = await optimize(
      search,
      request.recreation,
      question,
      (graphs, images, what) =>
        evaluateForSearch(search, graphs, images, session, { what, skipBadImages: request.skipBadImages }),
    );
    const json = jsonOf(results, 'optimize');
    const network = basename(request.network.model_file);
    process.stdout.write(options.format === 'json' ? json : optimizeText(results, { network }));
    if (directory !== undefined) {
      const chosen = { ...request, recreation };
      await writeRequest(directory, chosen);
      await directory.write('base.json', jsonOf(request.recreation.resolved, 'base'));
      await directory.write('optimize.json', json);
      await writeRunFile(directory, chosen, started, options.workers);
      await directory.complete();
      if (options.format === 'text')
        console.log(
          `\nWritten to ${directory.path}; qpann eval --from ${options.out} evaluates it on all images.`,
        );
    }
  } catch (error) {
    await directory?.discard();
    throw error;
  }
}
