import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, hostname, platform, release } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULT_PROFILE, inputError, NUMERICS_PROFILES, type NumericsProfile } from '../core/index.js';
import type { Machine } from '../cost/index.js';
import {
  loadMachine,
  loadNetworkConfig,
  loadRecreationConfig,
  type NetworkConfig,
  type RecreationConfig,
} from '../eval/index.js';
import type { RunDirectory } from './run-directory.js';
import type { RunOptions } from './run-options.js';

/** What a run was asked for, and can be asked for again. */
export interface Request {
  readonly network: NetworkConfig;
  readonly recreation: RecreationConfig;
  readonly limit?: number;
  readonly numerics: NumericsProfile;
  readonly skipBadImages: boolean;
  /** What to estimate cycles for. */
  readonly machine?: Machine;
}

/** The options of a run that settle its request. */
export type RequestOptions = Pick<
  RunOptions,
  'from' | 'resume' | 'network' | 'recreation' | 'limit' | 'numerics' | 'skipBadImages' | 'machine'
>;

/** The file that tells a run directory from any other. */
export const MARKER = 'run.json';
const EVERY_LAYER: RecreationConfig = { entries: [{ all: true }], resolved: [{ all: true }] };

/**
 * Settles what to run: the configs given, those of a run directory to repeat, or those of an unfinished one.
 * @throws QpannError for a config that cannot be read, and where there is no run to repeat or to go on with
 */
export async function requestOf(options: RequestOptions): Promise<Request> {
  const { from, resume, network, recreation, limit, numerics, skipBadImages } = options;
  const machine = options.machine === undefined ? undefined : await loadMachine(options.machine);
  if (resume !== undefined) {
    const partial = `${resolve(resume)}.partial`;
    if (!existsSync(partial))
      throw inputError(
        existsSync(resume)
          ? `--resume ${resume}: the run is finished`
          : `--resume ${resume}: there is no ${partial} to go on with`,
      );
    return storedRequest(`--resume ${resume}`, partial);
  }
  if (from !== undefined) {
    const stored = await storedRequest(`--from ${from}`, from);
    return {
      ...stored,
      numerics: numerics ?? stored.numerics,
      skipBadImages: skipBadImages ?? stored.skipBadImages,
      ...(limit !== undefined && { limit }),
      ...(machine && { machine }),
    };
  }
  return {
    network: await loadNetworkConfig(network),
    recreation: recreation === undefined ? EVERY_LAYER : await loadRecreationConfig(recreation),
    numerics: numerics ?? DEFAULT_PROFILE,
    skipBadImages: skipBadImages ?? false,
    ...(limit !== undefined && { limit }),
    ...(machine && { machine }),
  };
}

async function storedRequest(what: string, folder: string): Promise<Request> {
  const { limit, numerics, skip_bad_images: skipBadImages } = await readRunFile(what, folder);
  const machine = join(folder, 'machine.json');
  return {
    network: await loadNetworkConfig(join(folder, 'network.json')),
    recreation: await loadRecreationConfig(join(folder, 'recreation.json')),
    numerics,
    skipBadImages,
    ...(limit !== undefined && { limit }),
    ...(existsSync(machine) && { machine: await loadMachine(machine) }),
  };
}

const isProfile = (value: unknown): value is NumericsProfile =>
  typeof value === 'string' && Object.hasOwn(NUMERICS_PROFILES, value);

const isLimit = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

async function readRunFile(
  what: string,
  folder: string,
): Promise<{ limit?: number; numerics: NumericsProfile; skip_bad_images: boolean }> {
  let options:
    | { readonly limit?: unknown; readonly numerics?: unknown; readonly skip_bad_images?: unknown }
    | undefined;
  try {
    options = JSON.parse(await readFile(join(folder, MARKER), 'utf8')).options;
  } catch (cause) {
    throw inputError(`${what}: not a run directory (it has no readable ${MARKER})`, { cause });
  }
  const { limit, numerics = DEFAULT_PROFILE, skip_bad_images } = options ?? {};
  const hasLimit = limit === undefined || isLimit(limit);
  if (!hasLimit || !isProfile(numerics) || typeof skip_bad_images !== 'boolean')
    throw inputError(`${what}: ${MARKER} does not hold the options of a run`);
  return { ...(limit !== undefined && { limit }), numerics, skip_bad_images };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const fileSha256 = async (file: string): Promise<string> => sha256(await readFile(file));

/** Writes the configs as resolved, and the options. */
export async function writeRequest(directory: RunDirectory, request: Request): Promise<void> {
  await directory.write('network.json', json(request.network));
  await directory.write('recreation.json', json(request.recreation.resolved));
  if (request.machine) await directory.write('machine.json', json(request.machine));
  await directory.write(MARKER, json({ schema: 'qpann.run/1', options: optionsOf(request) }));
}

const optionsOf = ({ limit, numerics, skipBadImages }: Request) => ({
  ...(limit !== undefined && { limit }),
  numerics,
  skip_bad_images: skipBadImages,
});

/** Tells a run from any other: its configs and options, the bytes of its model, and the version of QPANN. */
export async function identityOf(request: Request): Promise<string> {
  const { network, recreation, machine } = request;
  const files = [network.model_file, ...(network.tflite_file === null ? [] : [network.tflite_file])];
  const models = await Promise.all(files.map(fileSha256));
  return sha256(
    json([await qpannVersion(), network, recreation.resolved, optionsOf(request), models, machine ?? null]),
  );
}

async function qpannVersion(): Promise<string> {
  return JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

/** Writes what is known of a finished run. */
export async function writeRunFile(
  directory: RunDirectory,
  request: Request,
  started: Date,
  workers: number,
): Promise<void> {
  const finished = new Date();
  const run = {
    schema: 'qpann.run/1',
    versions: { qpann: await qpannVersion(), node: process.version },
    started: started.toISOString(),
    finished: finished.toISOString(),
    seconds: (finished.getTime() - started.getTime()) / 1000,
    host: {
      name: hostname(),
      platform: platform(),
      release: release(),
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      workers,
    },
    options: optionsOf(request),
    sha256: {
      model: await fileSha256(request.network.model_file),
      network: sha256(json(request.network)),
      recreation: sha256(json(request.recreation.resolved)),
    },
  };
  await directory.write(MARKER, json(run));
}
