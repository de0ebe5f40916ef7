import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus, hostname, platform, release } from 'node:os';
import { basename, join } from 'node:path';
import {
  DEFAULT_PROFILE,
  inputError,
  NUMERICS_PROFILES,
  type NumericsProfile,
  QpannError,
} from '../core/index.js';
import {
  accuracies,
  assembleResults,
  type BlockResult,
  type Evaluated,
  type Evaluation,
  evaluate,
  layerGraph,
  loadNetworkConfig,
  loadRecreationConfig,
  type NetworkConfig,
  prepareEvaluation,
  type RecreationConfig,
  type Results,
  type SampleResult,
  TFLITE_MODEL,
} from '../eval/index.js';
import {
  batchTable,
  imageBlock,
  predictionsCsv,
  resultsJson,
  sqnrCsv,
  sqnrDot,
  sqnrSvg,
  summary,
} from '../report/index.js';
import { sharedTensors } from '../sqnr/index.js';
import { type Progress, silent, startProgress } from './progress.js';
import { type RunDirectory, startRunDirectory } from './run-directory.js';

/** Options of `qpann eval`, settled. */
export interface RunOptions {
  readonly network: string;
  readonly recreation: string | undefined;
  /** Directory of a run to repeat. */
  readonly from: string | undefined;
  readonly out?: string;
  readonly limit: number | undefined;
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly force: boolean;
  readonly skipBadImages?: boolean;
  readonly numerics?: NumericsProfile;
}

/** What a run was asked for, and can be asked for again. */
interface Request {
  readonly network: NetworkConfig;
  readonly recreation: RecreationConfig;
  readonly limit?: number;
  readonly numerics: NumericsProfile;
  readonly skipBadImages: boolean;
}

/** The file that tells a run directory from any other. */
const MARKER = 'run.json';
/** Images per accuracy table: five blocks. */
const BATCH = 100;
const EVERY_LAYER: RecreationConfig = { entries: [{ all: true }], resolved: [{ all: true }] };

/** Carries out `qpann eval`: prints, and writes the run directory. */
export async function runEvaluation(options: RunOptions): Promise<void> {
  const started = new Date();
  const request = await requestOf(options);
  const directory =
    options.out === undefined ? undefined : await startRunDirectory(options.out, MARKER, options.force);
  try {
    const text = options.format === 'text';
    const evaluation = await prepare(request, options);
    for (const path of evaluation.calibrationSkipped) warn(`calibration image left out: ${path}`);
    sayPairing(evaluation);
    const problem = evaluation.tfliteModel?.problem;
    if (problem !== undefined) warn(`no ${TFLITE_MODEL}: ${problem}`);
    const evaluated = await evaluateAndPrint(evaluation, request, text && !options.quiet, options);
    const results = assembleResults(evaluation, evaluated);
    for (const file of evaluated.skipped) warn(`image left out: ${file}`);
    const network = basename(request.network.model_file);
    const color = process.stdout.isTTY === true;
    process.stdout.write(text ? summary(results, { network, color }) : resultsJson(results));
    if (directory !== undefined)
      await writeRun(directory, request, started, results, evaluated.samples, evaluation);
    if (text) console.log(directory === undefined ? KEEP_HINT : `\nWritten to ${directory.path}`);
  } catch (error) {
    await directory?.discard();
    throw error;
  }
}

/** A file that somebody else converted may share only some names with the Reference: SQNR is of those. */
function sayPairing({ network, graphs: { reference, tflite } }: Evaluation): void {
  if (network.tflite_file === null) return;
  const written = tflite.inputs.length + tflite.nodes.length;
  const paired = sharedTensors(reference, tflite).length;
  warn(`${network.tflite_file}: ${paired} of its ${written} tensors are paired with the Reference's by name`);
}

const KEEP_HINT =
  '\nAdd --out DIR to keep results.json, predictions.csv, sqnr.csv, sqnr.svg and model_int8.tflite.';

const warn = (message: string): boolean => process.stderr.write(`qpann: ${message}\n`);

async function requestOf(options: RunOptions): Promise<Request> {
  const { from, network, recreation, limit, numerics, skipBadImages } = options;
  if (from === undefined)
    return {
      network: await loadNetworkConfig(network),
      recreation: recreation === undefined ? EVERY_LAYER : await loadRecreationConfig(recreation),
      numerics: numerics ?? DEFAULT_PROFILE,
      skipBadImages: skipBadImages ?? false,
      ...(limit !== undefined && { limit }),
    };
  const run = await readRunFile(from);
  const chosenLimit = limit ?? run.limit;
  return {
    network: await loadNetworkConfig(join(from, 'network.json')),
    recreation: await loadRecreationConfig(join(from, 'recreation.json')),
    numerics: numerics ?? run.numerics,
    skipBadImages: skipBadImages ?? run.skip_bad_images,
    ...(chosenLimit !== undefined && { limit: chosenLimit }),
  };
}

const isLimit = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

const isProfile = (value: unknown): value is NumericsProfile =>
  typeof value === 'string' && Object.hasOwn(NUMERICS_PROFILES, value);

/** Options of a finished run, as its run.json holds them. */
interface StoredOptions {
  readonly limit?: number;
  readonly numerics: NumericsProfile;
  readonly skip_bad_images: boolean;
}

async function readRunFile(from: string): Promise<StoredOptions> {
  let options: { readonly [Option in keyof StoredOptions]?: unknown } | undefined;
  try {
    options = JSON.parse(await readFile(join(from, MARKER), 'utf8')).options;
  } catch (cause) {
    throw inputError(`--from ${from}: not a run directory (it has no readable ${MARKER})`, { cause });
  }
  const { limit, numerics = DEFAULT_PROFILE, skip_bad_images } = options ?? {};
  const hasLimit = limit === undefined || isLimit(limit);
  if (!hasLimit || !isProfile(numerics) || typeof skip_bad_images !== 'boolean')
    throw inputError(`--from ${from}: ${MARKER} does not hold the options of a finished run`);
  return { ...(limit !== undefined && { limit }), numerics, skip_bad_images };
}

async function prepare(request: Request, { quiet }: RunOptions): Promise<Evaluation> {
  let progress: Progress = silent;
  const { network, recreation, limit, numerics, skipBadImages } = request;
  try {
    return await prepareEvaluation(network, recreation.entries, {
      skipBadImages,
      numerics,
      ...(limit !== undefined && { limit }),
      onCalibrated(done, total) {
        if (done === 0 && !quiet) progress = startProgress('Calibrating', total);
        else progress.update(done);
      },
    });
  } finally {
    progress.stop();
  }
}

async function evaluateAndPrint(
  evaluation: Evaluation,
  { skipBadImages }: Request,
  verbose: boolean,
  { quiet }: RunOptions,
): Promise<Evaluated> {
  const { images, labelNames } = evaluation;
  const progress = quiet ? silent : startProgress('Evaluating', images.length);
  const samples: SampleResult[] = [];
  let batchStart = 0;
  let seen = 0;
  let done = 0;
  const onBlock = (block: BlockResult): void => {
    done += block.samples.length + block.skipped.length;
    if (verbose) {
      for (const sample of block.samples) progress.print(imageBlock(sample, labelNames));
      samples.push(...block.samples);
      const endsBatch = done % BATCH === 0 || done === images.length;
      if (endsBatch && samples.length > batchStart) {
        progress.print(batchOf(samples.slice(batchStart), samples));
        batchStart = samples.length;
      }
    }
  };
  try {
    return await evaluate(evaluation, skipBadImages, onBlock, () => progress.update(++seen));
  } finally {
    progress.stop();
  }
}

const batchOf = (batch: readonly SampleResult[], samples: readonly SampleResult[]): string =>
  batchTable(accuracies(batch), batch.length, accuracies(samples), samples.length);

async function writeRun(
  directory: RunDirectory,
  request: Request,
  started: Date,
  results: Results,
  samples: readonly SampleResult[],
  { graphs, layers, labelNames, tfliteModel }: Evaluation,
): Promise<void> {
  const network = json(request.network);
  const recreation = json(request.recreation.resolved);
  const graph = layerGraph(graphs.reference, graphs.recreated, layers, results.sqnr.recreated.tensors);
  const dot = sqnrDot(graph, { network: basename(request.network.model_file), model: 'recreated' });
  await directory.write('results.json', resultsJson(results));
  await directory.write('predictions.csv', predictionsCsv(samples, labelNames));
  await directory.write('sqnr.csv', sqnrCsv(results));
  await directory.write('sqnr.dot', dot);
  await writeSvg(directory, dot);
  if (tfliteModel?.bytes) await directory.write(TFLITE_MODEL, tfliteModel.bytes);
  await directory.write('network.json', network);
  await directory.write('recreation.json', recreation);
  await directory.write(MARKER, json(await runFile(request, started, network, recreation)));
  await directory.complete();
}

/** The picture is a convenience: a graph too large for the layout is said, and the run is kept. */
async function writeSvg(directory: RunDirectory, dot: string): Promise<void> {
  const svg = await sqnrSvg(dot).catch((error: unknown) => {
    if (!(error instanceof QpannError)) throw error;
    warn(`no sqnr.svg: ${error.message}`);
    return null;
  });
  if (svg !== null) await directory.write('sqnr.svg', svg);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function runFile(
  { limit, numerics, skipBadImages }: Request,
  started: Date,
  network: string,
  recreation: string,
) {
  const finished = new Date();
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    schema: 'qpann.run/1',
    versions: { qpann: version, node: process.version },
    started: started.toISOString(),
    finished: finished.toISOString(),
    seconds: (finished.getTime() - started.getTime()) / 1000,
    host: {
      name: hostname(),
      platform: platform(),
      release: release(),
      cpu: cpus()[0]?.model,
      cores: cpus().length,
    },
    options: { ...(limit !== undefined && { limit }), numerics, skip_bad_images: skipBadImages },
    sha256: { network: sha256(network), recreation: sha256(recreation) },
  };
}
