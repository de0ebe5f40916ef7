import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Argv } from 'yargs';
import type { NumericsProfile } from '../core/numerics.js';
import { type MachineArguments, machineOption } from './machine-option.js';
import { type NumericsArguments, numericsOption } from './numerics-option.js';
import { wholeNumber } from './whole-number.js';

/** Options that every search takes. */
export interface SearchArguments extends NumericsArguments, MachineArguments {
  readonly network?: string;
  readonly recreation?: string;
  readonly out?: string;
  readonly limit?: string;
  readonly workers?: string;
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly cache: boolean;
  readonly force: boolean;
  readonly skipBadImages?: boolean;
}

/** Declares the options of `SearchArguments`. @param writes the files that `--out` gets */
export const searchOptions = <T>(yargs: Argv<T>, writes: string) =>
  machineOption(numericsOption(yargs))
    .option('network', {
      type: 'string',
      requiresArg: true,
      describe: 'network config: model, images, labels; the embedded demo when absent',
    })
    .option('recreation', {
      type: 'string',
      requiresArg: true,
      describe: "recreation config to start from; all layers in TFLite's scheme when absent",
    })
    .option('out', { type: 'string', requiresArg: true, describe: `directory for ${writes}` })
    .option('limit', { type: 'string', requiresArg: true, describe: 'use only the first N images' })
    .option('workers', {
      type: 'string',
      requiresArg: true,
      describe: 'threads; all cores when absent. Results do not depend on it',
    })
    .option('cache', {
      type: 'boolean',
      default: true,
      describe: 'keep decoded images in the cache folder for the next run; --no-cache does not',
    })
    .option('format', {
      choices: ['text', 'json'] as const,
      default: 'text' as const,
      describe: 'what to print: tables, or the JSON that --out gets',
    })
    .option('quiet', { type: 'boolean', default: false, describe: 'no progress' })
    .option('force', { type: 'boolean', default: false, describe: 'replace what is in --out' })
    .option('skip-bad-images', { type: 'boolean', describe: 'leave out images that cannot be decoded' });

/** Options of a search, settled. */
export interface SearchRunOptions {
  readonly network: string;
  readonly recreation: string | undefined;
  readonly out: string | undefined;
  readonly limit: number | undefined;
  readonly workers: number;
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly cache: boolean;
  readonly force: boolean;
  readonly skipBadImages: boolean | undefined;
  readonly numerics: NumericsProfile | undefined;
  readonly machine: string | undefined;
}

/** @throws QpannError for a number that is none */
export const searchRunOptions = (args: SearchArguments): SearchRunOptions => ({
  network: args.network ?? fileURLToPath(new URL('../../fixtures/demo/network.yaml', import.meta.url)),
  recreation: args.recreation,
  out: args.out,
  limit: args.limit === undefined ? undefined : wholeNumber('limit', args.limit),
  workers: args.workers === undefined ? availableParallelism() : wholeNumber('workers', args.workers),
  format: args.format,
  quiet: args.quiet,
  cache: args.cache,
  force: args.force,
  skipBadImages: args.skipBadImages,
  numerics: args.numerics,
  machine: args.machine,
});
