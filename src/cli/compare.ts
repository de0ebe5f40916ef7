import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';
import { type InputArguments, inputOptions, preprocessingOf } from './model-input.js';
import { type NumericsArguments, numericsOption } from './numerics-option.js';

interface CompareArguments extends InputArguments, NumericsArguments {
  readonly a: string;
  readonly b: string;
  readonly isolate: boolean;
  readonly tolerance: string;
  readonly atol: string;
  readonly json: boolean;
}

/** Exit code when the sides differ; 0 when they are equal. */
const DIFFERENT = 1;

/** `qpann compare`: where two models, or a model and a folder of dumped tensors, first differ, and what it looks like. */
export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <a> <b>',
  describe: 'find where two models, or a model and dumped tensors, first differ',
  builder: (yargs) =>
    numericsOption(inputOptions(yargs))
      .usage(
        '$0 compare <a> <b> --input FILE\n\nRuns A, and B if it is a model, and compares tensor by tensor. Exit code 0: equal, 1: different, 2: bad input.',
      )
      .positional('a', {
        type: 'string',
        demandOption: true,
        describe: 'Keras .h5 or TensorFlow Lite .tflite file',
      })
      .positional('b', {
        type: 'string',
        demandOption: true,
        describe: 'another model, or a folder of .npy files called as the tensors of A, some or all of them',
      })
      .option('isolate', {
        type: 'boolean',
        default: false,
        describe: "compute every operator of A on B's values, so that each shows only its own differences",
      })
      .option('tolerance', {
        type: 'string',
        requiresArg: true,
        default: '0',
        describe: 'relative difference of real numbers that counts as equal',
      })
      .option('atol', {
        type: 'string',
        requiresArg: true,
        default: '0',
        describe: 'absolute difference of real numbers that counts as equal',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print JSON instead of text' })
      .example('$0 run model.tflite --input x.npy --out dump --all-tensors', 'how a dump looks')
      .example('$0 compare model.tflite simulator-dump --input x.npy', 'a model and what hardware gives')
      .example('$0 compare mine.tflite theirs.tflite --input photo.png --isolate', 'two models') as never,
  handler: async (args) => {
    const { otherDump, otherModel, compareWith, isFolder, loadModel, readInput, inputFor, requireMemory } =
      await import('../eval/index.js');
    const { compareText } = await import('../report/index.js');
    const numberOf = (option: 'tolerance' | 'atol'): number => {
      const value = args[option].trim() === '' ? Number.NaN : Number(args[option]);
      if (value >= 0 && value < Infinity) return value;
      throw inputError(`--${option} ${args[option]}: expected a number from 0`);
    };
    const options = { isolate: args.isolate, tolerance: numberOf('tolerance'), atol: numberOf('atol') };
    const preprocessing = await preprocessingOf(args);
    const isDump = await isFolder(args.b);
    const { numerics } = args;
    const { graph } = await loadModel(args.a, { numerics });
    const other = isDump ? null : await loadModel(args.b, { numerics });
    const input = await readInput(args.input, graph, preprocessing);
    const ownInput = inputFor(graph, input, args.input);
    const samples = ownInput.shape[0]!;
    requireMemory([graph, other?.graph ?? graph], samples, args.input);
    const side =
      other === null
        ? await otherDump(graph, args.b, samples)
        : otherModel(graph, { name: args.b, graph: other.graph }, input, args.input);
    const comparison = compareWith({ name: args.a, graph }, ownInput, args.input, side, options);
    process.stdout.write(args.json ? `${JSON.stringify(comparison, null, 2)}\n` : compareText(comparison));
    if (!comparison.equal) process.exitCode = DIFFERENT;
  },
};
