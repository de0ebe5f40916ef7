import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { inputError } from '../../core/index.js';
import { readLabelNames } from '../../data/index.js';
import { isRecord } from '../config/load-file.js';
import { loadNetworkConfig, type NetworkConfig } from '../config/network.js';
import { loadRecreationConfig, type ResolvedEntry } from '../config/recreation.js';
import { validate } from '../config/validate.js';
import type { SampleResult } from '../results.js';
import { parsePredictions } from './predictions.js';
import { RESULTS_SCHEMA, resultsSchema, type StoredResults } from './results-schema.js';

/** A finished run, as its directory holds it. */
export interface StoredRun {
  /** The directory as it was given. */
  readonly folder: string;
  /** Name of the directory. */
  readonly name: string;
  readonly network: NetworkConfig;
  readonly recreation: readonly ResolvedEntry[];
  readonly results: StoredResults;
  readonly samples: readonly SampleResult[];
  /** Empty where there are none, or their file has gone. */
  readonly labelNames: readonly string[];
  /** SHA-256 of the model file, or null if the run did not note it. */
  readonly model: string | null;
}

/**
 * Reads a run directory that `qpann eval --out` wrote.
 * @param name what to call the run; the directory's name when absent
 * @throws QpannError if it is no run directory, incomplete, of another version or damaged: which, and what to do
 */
export async function readRun(folder: string, name = basename(resolve(folder))): Promise<StoredRun> {
  const run = await readJson(folder, 'run.json');
  const results = resultsOf(await readJson(folder, 'results.json'), folder);
  const file = join(folder, 'predictions.csv');
  const samples = parsePredictions(await readText(folder, 'predictions.csv'), file);
  if (samples.length !== results.samples)
    throw inputError(
      `${folder}: predictions.csv has ${samples.length} images and results.json ${results.samples}: ${repeat(folder)}`,
    );
  const network = await loadNetworkConfig(existing(folder, 'network.json'));
  const { resolved } = await loadRecreationConfig(existing(folder, 'recreation.json'));
  const labelNames =
    network.label_names === null ? [] : await readLabelNames(network.label_names).catch(() => []);
  const sha256 = isRecord(run) && isRecord(run.sha256) ? run.sha256.model : undefined;
  const model = typeof sha256 === 'string' ? sha256 : null;
  return { folder, name, network, recreation: resolved, results, samples, labelNames, model };
}

function resultsOf(value: unknown, folder: string): StoredResults {
  const schema = isRecord(value) ? value.schema : undefined;
  if (typeof schema === 'string' && /^qpann\.results\/\d{1,4}$/.test(schema) && schema !== RESULTS_SCHEMA)
    throw inputError(
      `${folder}: results.json is of version ${schema}, and this QPANN reads ${RESULTS_SCHEMA}: ${repeat(folder)}`,
    );
  return validate(resultsSchema, value, join(folder, 'results.json'));
}

const repeat = (folder: string): string => `repeat the run with qpann eval --from ${folder} --out NEW`;

/** The path of a file of a run. @throws QpannError if it is not there */
function existing(folder: string, file: string): string {
  const path = join(folder, file);
  if (existsSync(path)) return path;
  if (existsSync(`${resolve(folder)}.partial`))
    throw inputError(`${folder}: the run has not ended: go on with qpann eval --resume ${folder}`);
  if (!existsSync(folder))
    throw inputError(`${folder}: there is no such folder; qpann eval --out ${folder} makes it`);
  if (!existsSync(join(folder, 'run.json')))
    throw inputError(`${folder}: not a run directory (it has no run.json); qpann eval --out DIR makes one`);
  throw inputError(`${folder}: incomplete, it has no ${file}: ${repeat(folder)}`);
}

async function readText(folder: string, file: string): Promise<string> {
  const path = existing(folder, file);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw inputError(`${path}: the file cannot be read (${(cause as Error).message})`, { cause });
  }
}

async function readJson(folder: string, file: string): Promise<unknown> {
  const text = await readText(folder, file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw inputError(`${join(folder, file)}: not valid JSON, so it is damaged: ${repeat(folder)}`, { cause });
  }
}
