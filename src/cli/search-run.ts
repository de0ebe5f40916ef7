import type { Graph } from '../core/index.js';
import { cacheFolder, trimCache } from '../data/index.js';
import type { KernelModules } from '../engine/index.js';
import { BLOCK_SIZE, type LabelledImage, loadKernels, type QuantizingOptions } from '../eval/index.js';
import type { CalibratorName } from '../quant/index.js';
import { counted } from '../report/index.js';
import {
  calibrateSearchNetwork,
  evaluateGraphs,
  loadSearchNetwork,
  partsOf,
  type SearchEvaluateOptions,
  type SearchNetwork,
  type SearchResult,
  workOf,
} from '../search/index.js';
import type { SumKind } from '../sqnr/index.js';
import { type Progress, silent, startProgress } from './progress.js';
import type { Request } from './request.js';

/** Writes a line for the user beside the results. */
export const say = (message: string): boolean => process.stderr.write(`qpann: ${message}\n`);

/** What a search needs of the command line. */
export interface SearchSession {
  readonly workers: number;
  readonly quiet: boolean;
  readonly cache: boolean;
  readonly kernels: KernelModules | undefined;
}

/** The session of a search, with a line if the fast kernels cannot be used. */
export function openSession(options: Omit<SearchSession, 'kernels'>): SearchSession {
  const kernels = loadKernels();
  if (kernels === undefined)
    say('this Node.js has no WebAssembly SIMD: the reference kernels run, but slower');
  return { workers: options.workers, quiet: options.quiet, cache: options.cache, kernels };
}

/** Loads the network of a request, which is then good enough to check configurations against. */
export const loadForSearch = (
  { network, numerics, limit }: Pick<Request, 'network' | 'numerics' | 'limit'>,
  { kernels }: SearchSession,
): Promise<SearchNetwork> =>
  loadSearchNetwork(network, {
    numerics,
    ...(limit !== undefined && { limit }),
    ...(kernels && { kernels }),
  });

/**
 * Says how much there is to do, and for how long: about, since only the Reference was timed.
 * @returns the number of parts that it is done in
 */
export function sayEstimate(
  search: SearchNetwork,
  graphs: readonly Graph[],
  images: number,
  sums: SumKind,
  session: SearchSession,
): number {
  const { reference } = search.basis;
  const workers = workersFor(images, session);
  const parts = partsOf(reference, graphs, sums, workers);
  if (session.quiet) return parts.length;
  const seconds = (search.referenceSeconds * workOf(reference, parts) * images) / workers;
  const inParts = parts.length === 1 ? '' : `, in ${parts.length} parts`;
  say(
    `${counted(graphs.length, 'configuration')} on ${counted(images, 'image')}: ${graphs.length * images} evaluations${inParts}, about ${durationText(seconds)}`,
  );
  return parts.length;
}

/** Threads that have something to do. */
const workersFor = (images: number, { workers }: SearchSession): number =>
  Math.max(1, Math.min(workers, Math.ceil(images / BLOCK_SIZE)));

function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Calibrates the network, with progress. */
export async function calibrateForSearch(
  search: SearchNetwork,
  skipBadImages: boolean,
  { quiet, cache, kernels, workers }: SearchSession,
  calibrators: readonly CalibratorName[] = [],
): Promise<SearchNetwork> {
  let progress: Progress = silent;
  try {
    const options: QuantizingOptions = {
      skipBadImages,
      workers,
      ...(cache && { cache: cacheFolder() }),
      ...(kernels && { kernels }),
      onCalibrated(done, total) {
        if (done === 0) progress.stop();
        if (done === 0 && !quiet) progress = startProgress('Calibrating', total);
        else progress.update(done);
      },
    };
    const calibrated = await calibrateSearchNetwork(search, options, calibrators);
    for (const path of calibrated.skipped) say(`calibration image left out: ${path}`);
    return calibrated.search;
  } finally {
    progress.stop();
  }
}

/** Evaluates graphs on images, with progress. */
export async function evaluateForSearch(
  search: SearchNetwork,
  graphs: readonly Graph[],
  images: readonly LabelledImage[],
  session: SearchSession,
  options: SearchEvaluateOptions & { readonly what?: string } = {},
): Promise<SearchResult> {
  const { sums = 'tensor', what = 'Evaluating' } = options;
  const { quiet, cache, kernels } = session;
  const workers = workersFor(images.length, session);
  const parts = partsOf(search.basis.reference, graphs, sums, workers).length;
  const progress = quiet ? silent : startProgress(what, images.length * parts);
  try {
    return await evaluateGraphs(search, graphs, images, {
      workers,
      ...(cache && { cache: cacheFolder() }),
      ...(kernels && { kernels }),
      onProgress: (done) => progress.update(done),
      onNotice: say,
      ...options,
    });
  } finally {
    progress.stop();
    if (cache) await trimCache(cacheFolder());
  }
}
