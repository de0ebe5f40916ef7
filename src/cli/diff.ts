import type { CommandModule } from 'yargs';

interface DiffArguments {
  readonly a: string;
  readonly b: string;
  readonly failIf: readonly string[];
  readonly format: 'text' | 'json';
}

/** Exit code when a limit is passed; 0 when none is. */
const WORSE = 1;

/** `qpann diff`: what changed between two runs, and whether that is too much. */
export const diffCommand: CommandModule<object, DiffArguments> = {
  command: 'diff <a> <b>',
  describe: 'what changed between two runs: configs, accuracy, SQNR, flipped images',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 diff RUN_A RUN_B\n\nExit code 0: no limit is passed, 1: one of --fail-if is, 2: bad input. A drop is from A to B, of the Recreated model.',
      )
      .positional('a', { type: 'string', demandOption: true, describe: 'run directory before' })
      .positional('b', { type: 'string', demandOption: true, describe: 'run directory after' })
      .option('fail-if', {
        type: 'string',
        array: true,
        nargs: 1,
        requiresArg: true,
        default: [],
        describe:
          'limit, again for another: top1_drop, top5_drop or agreement_drop in %, sqnr_drop (of any tensor) or output_sqnr_drop in dB, flips',
      })
      .option('format', {
        choices: ['text', 'json'] as const,
        default: 'text' as const,
        describe: 'what to print',
      })
      .example('$0 diff runs/before runs/after', 'what changed')
      .example(
        "$0 diff runs/before runs/after --fail-if 'top1_drop>0.5%' --fail-if 'sqnr_drop>3dB'",
        'gate a merge on it',
      ) as never,
  handler: async ({ a, b, failIf, format }) => {
    const { diffRuns, judge, parseCondition } = await import('../eval/index.js');
    const { diffText } = await import('../report/index.js');
    const { readRuns } = await import('./report-file.js');
    const conditions = [failIf].flat().map(parseCondition);
    const [before, after] = await readRuns([a, b]);
    const diff = diffRuns(before!, after!);
    const judgements = conditions.map((condition) => judge(diff, condition));
    const text =
      format === 'text'
        ? diffText(diff, judgements, before!.labelNames)
        : `${JSON.stringify({ ...diff, fail_if: judgements.map(finite) }, null, 2)}\n`;
    process.stdout.write(text);
    if (judgements.some(({ failed }) => failed)) process.exitCode = WORSE;
  },
};

/** JSON has no infinity. */
const finite = <T extends { readonly value: number }>(judgement: T) => ({
  ...judgement,
  value: Number.isFinite(judgement.value) ? judgement.value : null,
});
