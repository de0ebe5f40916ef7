import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';

interface ReportArguments {
  readonly dirs: readonly string[];
  readonly out?: string | readonly string[];
  readonly force: boolean;
}

/** `qpann report`: the page of a run again, or one page that lays several runs side by side. */
export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <dirs..>',
  describe: 'write report.html of a run again, or lay several runs side by side in one page',
  builder: (yargs) =>
    yargs
      // Without this only the last directory would count.
      .parserConfiguration({ 'duplicate-arguments-array': true })
      .usage(
        '$0 report DIR…\n\nA page in one file that opens from disk, of runs that qpann eval --out wrote, or of a sweep.',
      )
      .positional('dirs', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'run directories of one network and the same images; or that of a sweep',
      })
      .option('out', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'the file to write; DIR/report.html when absent and there is one run',
      })
      .option('force', { type: 'boolean', default: false, describe: 'replace the file in --out' })
      .example('$0 report runs/first', 'runs/first/report.html again')
      .example('$0 report runs/first runs/cheaper -o both.html', 'two runs side by side') as never,
  handler: async ({ dirs, out: outs, force }) => {
    const out = [outs].flat().at(-1);
    if (dirs.length > 1 && out === undefined)
      throw inputError(`${dirs.length} runs go into one page: name its file with -o FILE`);
    const { writeReport } = await import('./report-file.js');
    console.log(`Written to ${await writeReport(dirs, out, force)}`);
  },
};
