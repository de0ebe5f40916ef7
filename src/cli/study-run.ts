import { basename } from 'node:path';
import { jsonOf, studyText } from '../report/index.js';
import { graphsOf, recreationOf, studiedLayers, studyThesis } from '../search/index.js';
import { MARKER, requestOf, writeRequest, writeRunFile } from './request.js';
import { startRunDirectory } from './run-directory.js';
import type { SearchRunOptions } from './search-options.js';
import {
  calibrateForSearch,
  evaluateForSearch,
  loadForSearch,
  openSession,
  sayEstimate,
} from './search-run.js';

/** Settings that a study evaluates: A twice, since it finds the layers of the others. */
const SETTINGS = 10;

/** Carries out `qpann study thesis`: prints, and writes its directory. */
export async function runStudy(options: SearchRunOptions): Promise<void> {
  const started = new Date();
  const request = await requestOf({ ...options, from: undefined, resume: undefined });
  const session = openSession(options);
  const dry = await loadForSearch(request, session);
  const all = studiedLayers(dry);
  const recreation = recreationOf(dry.basis.layers, all);
  const directory =
    options.out === undefined ? undefined : await startRunDirectory(options.out, MARKER, options.force);
  try {
    // About: each setting stands for a network of which a layer more than in the last is quantized.
    const like = Array.from({ length: SETTINGS }, (_, i) => ({
      label: 'a setting',
      recreation: recreationOf(dry.basis.layers, all.slice(i % all.length)),
    }));
    sayEstimate(dry, graphsOf(dry, like), dry.images.length, 'activation', session);
    const search = await calibrateForSearch(dry, request.skipBadImages, session);
    const results = await studyThesis(search, (graphs, images, what) =>
      evaluateForSearch(search, graphs, images, session, {
        what,
        sums: 'activation',
        skipBadImages: request.skipBadImages,
      }),
    );
    const json = jsonOf(results, 'study');
    const network = basename(request.network.model_file);
    process.stdout.write(options.format === 'json' ? json : studyText(results, { network }));
    if (directory !== undefined) {
      const settingA = { ...request, recreation };
      await writeRequest(directory, settingA);
      await directory.write('study.json', json);
      await writeRunFile(directory, settingA, started, options.workers);
      await directory.complete();
      if (options.format === 'text') console.log(`\nWritten to ${directory.path}`);
    }
  } catch (error) {
    await directory?.discard();
    throw error;
  }
}
