import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';
import { type SearchArguments, searchOptions, searchRunOptions } from './search-options.js';

interface OptimizeArguments extends SearchArguments {
  readonly maxDrop: string;
  readonly cost: 'bitops' | 'bytes' | 'cycles';
  readonly bits: string;
  readonly activationBits?: string;
}

/** `qpann optimize`: the cheapest widths that still work. */
export const optimizeCommand: CommandModule<object, OptimizeArguments> = {
  command: 'optimize',
  describe: 'choose bits layer by layer: the cheapest network within an accuracy budget',
  builder: (yargs) =>
    searchOptions(yargs, 'optimize.json and recreation.json, which qpann eval takes')
      .usage(
        '$0 optimize --max-drop 0.5%\n\nChooses the width of the weights of each layer. Half of the images are held back from the search; what is\nsaved and lost is said of them.',
      )
      .option('max-drop', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'points of top-1 that may be lost against the recreation config it starts from',
      })
      .option('cost', {
        choices: ['bitops', 'bytes', 'cycles'] as const,
        default: 'bitops' as const,
        describe: 'what to save: bit-operations, bytes of weights, or cycles of a --machine',
      })
      .option('bits', {
        type: 'string',
        default: '4-8',
        requiresArg: true,
        describe: 'widths that weights may get, 2 to 16, for example 4,6,8 or 4-8',
      })
      .option('activation-bits', {
        type: 'string',
        requiresArg: true,
        describe: "widths that a layer's input and output may get; as they are when absent",
      })
      .example('$0 optimize --max-drop 0.5%', 'the demo')
      .example(
        '$0 optimize --network network.yaml --max-drop 0.5% --out cheaper',
        'your network; then qpann eval --from cheaper',
      )
      .example(
        '$0 optimize --network network.yaml --max-drop 1% --cost cycles --machine ethos-u55-128',
        'for a machine',
      ) as never,
  handler: async (args) => {
    const { runOptimize } = await import('./optimize-run.js');
    await runOptimize({
      ...searchRunOptions(args),
      maxDrop: pointsOf(args.maxDrop),
      cost: args.cost,
      bits: widthsOf('bits', args.bits),
      activationBits:
        args.activationBits === undefined ? [] : widthsOf('activation-bits', args.activationBits),
    });
  },
};

/** @throws QpannError if the text is not a percentage below 100 */
function pointsOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (found === null || Number(found[1]) >= 100)
    throw inputError(`--max-drop ${text}: expected points of top-1, like 0.5%`);
  return Number(found[1]) / 100;
}

/** Widths from the widest. @throws QpannError for anything but widths from 2 to 16 */
function widthsOf(option: string, text: string): number[] {
  const widths = text.split(',').flatMap((part) => {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    const [from, to] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
    if (found === null || from < 2 || to > 16 || from > to)
      throw inputError(`--${option} ${text}: expected widths from 2 to 16, like 4,6,8 or 4-8`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(widths)].sort((a, b) => b - a);
}
