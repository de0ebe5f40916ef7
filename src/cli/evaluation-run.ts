import { basename } from 'node:path';
import { QpannError } from '../core/index.js';
import { cacheFolder, trimCache } from '../data/index.js';
import type { KernelModules, Room } from '../engine/index.js';
import {
  accuracies,
  assembleResults,
  type BlockOptions,
  type BlockResult,
  type Checkpoint,
  type Evaluated,
  type Evaluation,
  evaluate,
  layerGraph,
  loadKernels,
  type Probe,
  prepareEvaluation,
  probeLayers,
  type Results,
  readRun,
  type SampleResult,
  TFLITE_MODEL,
} from '../eval/index.js';
import {
  batchTable,
  imageBlock,
  layersCsv,
  predictionsCsv,
  resultsJson,
  sqnrCsv,
  sqnrDot,
  sqnrSvg,
  summary,
} from '../report/index.js';
import { sharedTensors } from '../sqnr/index.js';
import { checkpointWriter, readCheckpoint } from './checkpoint.js';
import { type Progress, silent, startProgress } from './progress.js';
import { REPORT, reportOf } from './report-file.js';
import { identityOf, MARKER, type Request, requestOf, writeRequest, writeRunFile } from './request.js';
import { type RunDirectory, startRunDirectory } from './run-directory.js';
import type { RunOptions } from './run-options.js';
import { CHECKPOINT } from './state-file.js';

/** Images per accuracy table: five blocks. */
const BATCH = 100;

/** Carries out `qpann eval`: prints, and writes the run directory. */
export async function runEvaluation(options: RunOptions): Promise<void> {
  const started = new Date();
  const request = await requestOf(options);
  const out = options.resume ?? options.out;
  const unfinished = { file: CHECKPOINT, resume: options.resume !== undefined };
  const directory =
    out === undefined ? undefined : await startRunDirectory(out, MARKER, options.force, unfinished);
  try {
    if (directory !== undefined) await writeRequest(directory, request);
    const text = options.format === 'text';
    const kernels = loadKernels();
    if (kernels === undefined) warn(NO_SIMD);
    const evaluation = await prepare(request, options, kernels);
    for (const path of evaluation.calibrationSkipped) warn(`calibration image left out: ${path}`);
    sayPairing(evaluation);
    const problem = evaluation.tfliteModel?.problem;
    if (problem !== undefined) warn(`no ${TFLITE_MODEL}: ${problem}`);
    const evaluated = await evaluateAndPrint(
      evaluation,
      request,
      text && !options.quiet,
      options,
      kernels,
      directory,
    );
    const probe = await probeAndWatch(evaluation, request, options, kernels, evaluated.room);
    const results = assembleResults(evaluation, evaluated, probe);
    for (const file of evaluated.skipped) warn(`image left out: ${file}`);
    const network = basename(request.network.model_file);
    const color = process.stdout.isTTY === true;
    process.stdout.write(text ? summary(results, { network, color }) : resultsJson(results));
    if (directory !== undefined) {
      await writeResults(directory, request, results, evaluated.samples, evaluation);
      await writeRunFile(directory, request, started, options.workers);
      await writeReport(directory);
      await directory.remove(CHECKPOINT);
      await directory.complete();
    }
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

const NO_SIMD =
  'this Node.js has no WebAssembly SIMD: the reference kernels run, with the same results, but slower';

const KEEP_HINT =
  '\nAdd --out DIR for report.html, a page to look at, and to keep results.json, tables as CSV and model_int8.tflite.';

const warn = (message: string): boolean => process.stderr.write(`qpann: ${message}\n`);

async function prepare(
  request: Request,
  { quiet, cache, workers }: RunOptions,
  kernels: KernelModules | undefined,
): Promise<Evaluation> {
  let progress: Progress = silent;
  const { network, recreation, limit, numerics, skipBadImages, machine } = request;
  try {
    return await prepareEvaluation(network, recreation.entries, {
      skipBadImages,
      numerics,
      workers,
      ...(kernels && { kernels }),
      ...(cache && { cache: cacheFolder() }),
      ...(limit !== undefined && { limit }),
      ...(machine && { machine }),
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
  request: Request,
  verbose: boolean,
  options: RunOptions,
  kernels: KernelModules | undefined,
  directory: RunDirectory | undefined,
): Promise<Evaluated> {
  const { quiet, workers, cache, checkpoint } = options;
  const { images, labelNames } = evaluation;
  const identity = directory && (await identityOf(request));
  const from = directory && (await readCheckpoint(directory.partial, identity!));
  const checkpoints = directory && checkpointWriter(directory.partial, identity!, checkpoint, warn);
  const progress = quiet ? silent : startProgress('Evaluating', images.length);
  const samples: SampleResult[] = [];
  let batchStart = 0;
  let done = (from?.samples.length ?? 0) + (from?.skipped.length ?? 0);
  const onBlock = async (block: BlockResult, state: Checkpoint): Promise<void> => {
    await checkpoints?.offer(state);
    if (checkpoints?.written) directory!.keep();
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
    return await evaluate(evaluation, {
      ...blockOptions(request, options, kernels),
      workers,
      ...(from && { from }),
      onBlock,
      onProgress: (images) => progress.update(images),
      onNotice: warn,
    });
  } finally {
    progress.stop();
    if (cache) await trimCache(cacheFolder());
  }
}

async function probeAndWatch(
  evaluation: Evaluation,
  request: Request,
  options: RunOptions,
  kernels: KernelModules | undefined,
  room: Room,
): Promise<Probe> {
  let progress: Progress = silent;
  try {
    return await probeLayers(evaluation, {
      ...blockOptions(request, options, kernels),
      room,
      onProbed(done, total) {
        if (done === 0 && !options.quiet) progress = startProgress('Probing', total);
        else progress.update(done);
      },
    });
  } finally {
    progress.stop();
  }
}

const blockOptions = (
  { skipBadImages }: Request,
  { cache }: RunOptions,
  kernels: KernelModules | undefined,
): BlockOptions => ({
  skipBadImages,
  ...(cache && { cache: cacheFolder() }),
  ...(kernels && { kernels }),
});

const batchOf = (batch: readonly SampleResult[], samples: readonly SampleResult[]): string =>
  batchTable(accuracies(batch), batch.length, accuracies(samples), samples.length);

async function writeResults(
  directory: RunDirectory,
  request: Request,
  results: Results,
  samples: readonly SampleResult[],
  { graphs, layers, labelNames, tfliteModel }: Evaluation,
): Promise<void> {
  const graph = layerGraph(graphs.reference, graphs.recreated, layers, results.sqnr.recreated.tensors);
  const dot = sqnrDot(graph, { network: basename(request.network.model_file), model: 'recreated' });
  await directory.write('results.json', resultsJson(results));
  await directory.write('predictions.csv', predictionsCsv(samples, labelNames));
  await directory.write('layers.csv', layersCsv(results));
  await directory.write('sqnr.csv', sqnrCsv(results));
  await directory.write('sqnr.dot', dot);
  await writeSvg(directory, dot);
  if (tfliteModel?.bytes) await directory.write(TFLITE_MODEL, tfliteModel.bytes);
}

/** The page is a convenience too: `qpann report` writes it again. */
async function writeReport(directory: RunDirectory): Promise<void> {
  try {
    const run = await readRun(directory.partial, basename(directory.path));
    await directory.write(REPORT, await reportOf([run]));
  } catch (error) {
    if (!(error instanceof QpannError) || error.kind === 'failure') throw error;
    warn(`no ${REPORT}: ${error.message}`);
  }
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
