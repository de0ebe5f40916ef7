import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';
import { type MachineArguments, machineOption } from './machine-option.js';
import { type NumericsArguments, numericsOption } from './numerics-option.js';
import type { RunOptions } from './run-options.js';
import { wholeNumber } from './whole-number.js';

const demo = (file: string): string => fileURLToPath(new URL(`../../fixtures/demo/${file}`, import.meta.url));

interface EvalArguments extends NumericsArguments, MachineArguments {
  readonly network?: string;
  readonly recreation?: string;
  readonly from?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly limit?: string;
  readonly workers?: string;
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly cache: boolean;
  readonly checkpoint: number;
  readonly force: boolean;
  readonly skipBadImages?: boolean;
}

/** `qpann eval`: the Reference, the TFLite and the Recreated model over labelled images. */
export const evalCommand: CommandModule<object, EvalArguments> = {
  command: 'eval',
  describe: 'compare Reference, TFLite and Recreated model over labelled images',
  builder: (yargs) =>
    machineOption(numericsOption(yargs))
      .usage('$0 eval\n\nRuns the three models side by side and shows accuracy and SQNR layer by layer.')
      .option('network', {
        type: 'string',
        requiresArg: true,
        describe:
          'network config: model, images, labels (JSON, YAML or ES module); the embedded demo when absent',
      })
      .option('recreation', {
        type: 'string',
        requiresArg: true,
        describe: "recreation config: layers to replace; all of them in TFLite's scheme when absent",
      })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'repeat the run in this directory, with its configs and limits',
      })
      .option('resume', {
        type: 'string',
        requiresArg: true,
        describe: 'go on with the run that was to be written to this directory and did not end',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe:
          'directory for report.html, results.json, predictions.csv, layers.csv, sqnr.csv, sqnr.svg and the configs',
      })
      .option('limit', { type: 'string', requiresArg: true, describe: 'evaluate only the first N images' })
      .option('workers', {
        type: 'string',
        requiresArg: true,
        describe: 'threads; all cores when absent. Results do not depend on it',
      })
      .option('checkpoint', {
        type: 'number',
        default: 15,
        requiresArg: true,
        describe: 'with --out: seconds between checkpoints, from which --resume goes on',
      })
      .option('cache', {
        type: 'boolean',
        default: true,
        describe: 'keep decoded images in the cache folder for the next run; --no-cache does not',
      })
      .option('format', {
        choices: ['text', 'json'] as const,
        default: 'text' as const,
        describe: 'what to print: the report, or results.json',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'print the summary only' })
      .option('force', { type: 'boolean', default: false, describe: 'replace the run in --out' })
      .option('skip-bad-images', {
        type: 'boolean',
        describe: 'leave out images that cannot be decoded, and list them',
      })
      .example('$0 eval', 'the embedded demo')
      .example('$0 eval --network network.yaml', "your network, every layer in TFLite's scheme")
      .example(
        '$0 eval --network network.yaml --recreation cheaper.yaml --out runs/cheaper',
        'a design question',
      )
      .example('$0 eval --from runs/cheaper --out runs/again', 'repeat a run')
      .example('$0 eval --resume runs/cheaper', 'go on after an interruption')
      .example(
        '$0 eval --network network.yaml --limit 100 --format json',
        'results for another program',
      ) as never,
  handler: async (args) => {
    const { runEvaluation } = await import('./evaluation-run.js');
    await runEvaluation(optionsOf(args));
  },
};

/** Settles which configs a run takes. @throws QpannError for options that contradict each other */
function optionsOf(args: EvalArguments): RunOptions {
  const { network, recreation, from, resume } = args;
  if (
    resume !== undefined &&
    [network, recreation, from, args.out, args.limit, args.machine].some((x) => x !== undefined)
  )
    throw inputError('--resume goes on with a run as it was asked for: leave out what says another one');
  if (from !== undefined && (network ?? recreation) !== undefined)
    throw inputError('--from repeats a run with its own configs: leave out --network and --recreation');
  const limit = args.limit === undefined ? undefined : wholeNumber('limit', args.limit);
  const workers = args.workers === undefined ? availableParallelism() : wholeNumber('workers', args.workers);
  const defaultRecreation = network === undefined ? demo('recreation.yaml') : undefined;
  return {
    ...args,
    network: network ?? demo('network.yaml'),
    recreation: recreation ?? defaultRecreation,
    limit,
    workers,
    from,
    resume,
  };
}
