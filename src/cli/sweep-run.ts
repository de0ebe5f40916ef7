import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { inputError } from '../core/index.js';
import { loadMachine } from '../eval/index.js';
import { jsonOf, sweepCsv, sweepText } from '../report/index.js';
import {
  assembleSweep,
  type Budget,
  COSTS,
  configurationsOf,
  graphsOf,
  METRICS,
  type Metric,
  parseVariation,
} from '../search/index.js';
import { pageOf, REPORT } from './report-file.js';
import { identityOf, MARKER, requestOf, writeRequest, writeRunFile } from './request.js';
import { type RunDirectory, startRunDirectory } from './run-directory.js';
import type { SearchRunOptions } from './search-options.js';
import {
  calibrateForSearch,
  evaluateForSearch,
  loadForSearch,
  openSession,
  say,
  sayEstimate,
} from './search-run.js';
import { CHECKPOINT } from './state-file.js';
import { readSweepCheckpoint, sweepCheckpointWriter } from './sweep-checkpoint.js';

/** Options of `qpann sweep`, settled. */
export interface SweepRunOptions extends SearchRunOptions, SweepQuestion {
  readonly resume: string | undefined;
  /** Seconds between checkpoints. */
  readonly checkpoint: number;
}

/** The file of a sweep's directory that says what was asked, beside the configs. */
const QUESTION = 'question.json';

const question = z.object({
  vary: z.array(z.string()),
  metric: z.enum(METRICS),
  cost: z.enum(COSTS),
  budget: z.string().optional(),
  perActivation: z.boolean(),
  machine: z.string().optional(),
});

/** What a sweep is about, beside its configs. */
interface SweepQuestion {
  readonly vary: readonly string[];
  readonly metric: Metric;
  readonly cost: (typeof COSTS)[number];
  readonly budget: string | undefined;
  readonly perActivation: boolean;
  readonly machine: string | undefined;
}

/** Carries out `qpann sweep`: prints, and writes its directory. */
export async function runSweep(options: SweepRunOptions): Promise<void> {
  const started = new Date();
  const { resume } = options;
  const request = await requestOf({ ...options, from: undefined });
  const asked = resume === undefined ? options : await storedQuestion(resume);
  const { metric, cost } = asked;
  const sums = asked.perActivation ? 'activation' : 'tensor';
  const budget = asked.budget === undefined ? undefined : budgetOf(asked.budget, metric);
  if (cost === 'cycles' && asked.machine === undefined) throw inputError('--cost cycles needs a --machine');
  const machine = asked.machine === undefined ? undefined : await loadMachine(asked.machine);
  const variation = parseVariation(asked.vary);
  const session = openSession(options);
  const dry = await loadForSearch(request, session);
  const configurations = configurationsOf(dry, request.recreation, variation);
  const dryGraphs = graphsOf(dry, configurations);

  const out = resume ?? options.out;
  const unfinished = { file: CHECKPOINT, resume: resume !== undefined };
  const directory =
    out === undefined ? undefined : await startRunDirectory(out, MARKER, options.force, unfinished);
  try {
    const parts = sayEstimate(dry, dryGraphs, dry.images.length, sums, session);
    if (directory !== undefined) {
      await writeRequest(directory, request);
      await directory.write(QUESTION, jsonOf(questionOf(asked), 'question'));
    }
    const search = await calibrateForSearch(
      dry,
      request.skipBadImages,
      session,
      configurations.map(({ calibrator }) => calibrator),
    );
    const graphs = graphsOf(search, configurations);
    const identity = sha256([await identityOf(request), questionOf(asked), parts]);
    const result = await evaluateForSearch(search, graphs, search.images, session, {
      sums,
      skipBadImages: request.skipBadImages,
      ...(directory && (await checkpointing(directory, identity, options.checkpoint))),
    });
    for (const file of result.skipped) say(`image left out: ${file}`);
    const results = assembleSweep(search, configurations, graphs, result, {
      metric,
      cost,
      sums,
      ...(machine && { machine }),
    });
    const network = basename(request.network.model_file);
    const json = jsonOf(results, 'sweep');
    process.stdout.write(
      options.format === 'json' ? json : sweepText(results, { network, ...(budget && { budget }) }),
    );
    if (directory !== undefined) {
      await directory.write('sweep.json', json);
      await directory.write('sweep.csv', sweepCsv(results));
      await directory.write(REPORT, await pageOf([directory.partial]));
      await writeRunFile(directory, request, started, options.workers);
      await directory.remove(CHECKPOINT);
      await directory.complete();
      if (options.format === 'text') console.log(`\nWritten to ${directory.path}`);
    }
  } catch (error) {
    await directory?.discard();
    throw error;
  }
}

async function checkpointing(directory: RunDirectory, identity: string, seconds: number) {
  const from = await readSweepCheckpoint(directory.partial, identity);
  const checkpoints = sweepCheckpointWriter(directory.partial, identity, seconds, say);
  return {
    ...(from && { from }),
    onBlock: async (state: Parameters<typeof checkpoints.offer>[0]): Promise<void> => {
      await checkpoints.offer(state);
      if (checkpoints.written) directory.keep();
    },
  };
}

const questionOf = ({
  vary,
  metric,
  cost,
  budget,
  perActivation,
  machine,
}: SweepQuestion): SweepQuestion => ({
  vary,
  metric,
  cost,
  budget,
  perActivation,
  machine: machine === undefined || !existsSync(machine) ? machine : resolve(machine),
});

async function storedQuestion(folder: string): Promise<SweepQuestion> {
  const path = join(`${resolve(folder)}.partial`, QUESTION);
  try {
    const { budget, machine, ...rest } = question.parse(JSON.parse(await readFile(path, 'utf8')));
    return { ...rest, budget, machine };
  } catch (cause) {
    throw inputError(`--resume ${folder}: not an unfinished sweep (it has no readable ${QUESTION})`, {
      cause,
    });
  }
}

const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** @throws QpannError for a budget that does not fit the metric */
function budgetOf(text: string, metric: Metric): Budget {
  const expected = { sqnr: 'dB, like 20', top1: 'points, like 0.5%', agreement: 'a share, like 98%' }[metric];
  const found = /^(\d+(?:\.\d+)?)\s*(%|dB)?$/i.exec(text);
  const unit = found?.[2]?.toLowerCase();
  if (found === null || (metric === 'sqnr' ? unit === '%' : unit !== '%'))
    throw inputError(`--budget ${text}: with --metric ${metric}, expected ${expected}`);
  return { metric, value: Number(found[1]) / (metric === 'sqnr' ? 1 : 100) };
}
