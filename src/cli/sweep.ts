import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';
import { type SearchArguments, searchOptions, searchRunOptions } from './search-options.js';

interface SweepArguments extends SearchArguments {
  readonly vary?: string | readonly string[];
  readonly metric?: 'sqnr' | 'top1' | 'agreement';
  readonly cost?: 'bitops' | 'bytes' | 'cycles';
  readonly budget?: string;
  readonly perActivation?: boolean;
  readonly resume?: string;
  readonly checkpoint: number;
}

/** `qpann sweep`: many recreation configs in one run. */
export const sweepCommand: CommandModule<object, SweepArguments> = {
  command: 'sweep',
  describe: 'evaluate many variations of a recreation config: sensitivity, cost against accuracy',
  builder: (yargs) =>
    searchOptions(yargs, 'sweep.json, sweep.csv, report.html and the configs')
      .usage(
        '$0 sweep --vary …\n\nEvaluates many recreation configs at once; what they have in common is computed once.',
      )
      .parserConfiguration({ 'duplicate-arguments-array': true })
      .option('vary', {
        type: 'string',
        array: true,
        nargs: 1,
        requiresArg: true,
        describe:
          'alone-quantized, alone-float, calibrator or a hyper-parameter with values: weight_bits=4,6,8. Repeat it for every combination',
      })
      .option('metric', {
        choices: ['sqnr', 'top1', 'agreement'] as const,
        describe: 'what configurations are judged by; sqnr of the output when absent',
      })
      .option('cost', {
        choices: ['bitops', 'bytes', 'cycles'] as const,
        describe: 'what they cost; bitops when absent. cycles needs --machine',
      })
      .option('budget', {
        type: 'string',
        requiresArg: true,
        describe:
          'what is good enough: top-1 points that may be lost (0.5%), or the least agreement (98%) or dB (20)',
      })
      .option('per-activation', {
        type: 'boolean',
        describe: 'SQNR as the mean over activations (thesis 4.3), which needs more memory',
      })
      .option('resume', {
        type: 'string',
        requiresArg: true,
        describe: 'go on with the sweep that was to be written to this directory and did not end',
      })
      .option('checkpoint', {
        type: 'number',
        default: 15,
        requiresArg: true,
        describe: 'with --out: seconds between checkpoints, from which --resume goes on',
      })
      .example('$0 sweep --vary alone-quantized', 'which layers of the demo are sensitive?')
      .example(
        '$0 sweep --network network.yaml --vary weight_bits=4,6,8 --vary per_channel_quantization=true,false',
        'every combination',
      )
      .example(
        '$0 sweep --network network.yaml --vary alone-quantized --vary weight_bits=4,5,6 --out sweeps/bits',
        'each layer alone, at each width',
      ) as never,
  handler: async (args) => {
    const { runSweep } = await import('./sweep-run.js');
    for (const [option, value] of Object.entries(args))
      if (Array.isArray(value) && option !== 'vary' && option !== '_')
        throw inputError(`--${option} is given twice`);
    const asked = [args.network, args.recreation, args.out, args.limit, args.vary, args.metric, args.cost];
    if (
      args.resume !== undefined &&
      [...asked, args.budget, args.perActivation, args.machine].some((x) => x !== undefined)
    )
      throw inputError('--resume goes on with a sweep as it was asked for: leave out what says another one');
    await runSweep({
      ...searchRunOptions(args),
      vary: typeof args.vary === 'string' ? [args.vary] : (args.vary ?? []),
      metric: args.metric ?? 'sqnr',
      cost: args.cost ?? 'bitops',
      budget: args.budget,
      perActivation: args.perActivation ?? false,
      resume: args.resume,
      checkpoint: args.checkpoint,
    });
  },
};
