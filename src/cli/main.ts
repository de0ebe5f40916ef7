#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { failure, inputError } from '../core/errors.js';
import { benchCommand } from './bench.js';
import { compareCommand } from './compare.js';
import { convertCommand } from './convert.js';
import { diffCommand } from './diff.js';
import { evalCommand } from './eval.js';
import { exitCodeOf, printError } from './fail.js';
import { inspectCommand } from './inspect.js';
import { optimizeCommand } from './optimize.js';
import { reportCommand } from './report.js';
import { runCommand } from './run.js';
import { studyCommand } from './study.js';
import { sweepCommand } from './sweep.js';
import { vectorsCommand } from './vectors.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const argv = hideBin(process.argv);

const writesFiles = argv.some((arg) => /^(--out(=|$)|-o)/.test(arg));

process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code === 'EPIPE' && writesFiles) return;
  if (cause.code === 'EPIPE') process.exit(0);
  printError(failure(`cannot print: ${cause.message}`, { cause }), argv.includes('--debug'));
  process.exit(1);
});
// Leaving by process.exit lets `exit` listeners clean up; a second Ctrl-C ends the process at once.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  await yargs(argv)
    .scriptName('qpann')
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .usage(
      '$0 <command>\n\nWhich layers of a network can be made cheaper, and what does it cost in accuracy?',
    )
    .command(evalCommand)
    .command(convertCommand)
    .command(sweepCommand)
    .command(optimizeCommand)
    .command(studyCommand)
    .command(inspectCommand)
    .command(runCommand)
    .command(vectorsCommand)
    .command(compareCommand)
    .command(reportCommand)
    .command(diffCommand)
    .command(benchCommand)
    .option('debug', { type: 'boolean', default: false, describe: 'show stack traces of errors' })
    .example('$0 eval', 'run the embedded demo')
    .example('$0 eval --network network.yaml --out runs/first', 'evaluate your own network')
    .example('$0 inspect model.h5', 'list the layers of a network')
    .example('$0 bench model.tflite', 'time a network, operator by operator')
    .demandCommand(
      1,
      'name a command: eval, sweep, optimize, study, convert, inspect, run, vectors, compare, report, diff or bench',
    )
    .recommendCommands()
    .strict()
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .version(version)
    .alias('h', 'help')
    .fail((message, error) => {
      throw message ? inputError(`${message} (see qpann --help)`) : error;
    })
    .parseAsync();
} catch (error) {
  printError(error, argv.includes('--debug'));
  process.exitCode = exitCodeOf(error);
}
