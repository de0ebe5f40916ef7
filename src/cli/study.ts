import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';
import { type SearchArguments, searchOptions, searchRunOptions } from './search-options.js';

interface StudyArguments extends SearchArguments {
  readonly study: 'thesis';
}

/** `qpann study thesis`: the experiments of the thesis with any network. */
export const studyCommand: CommandModule<object, StudyArguments> = {
  command: 'study <study>',
  describe: 'repeat the experiments of the thesis with a network of yours',
  builder: (yargs) =>
    searchOptions(yargs, 'study.json')
      .usage(
        '$0 study thesis\n\nSettings A to G and the two halves (Lindström and Hök 2020, chapter 5); finds the layers with high and low SQNR itself.',
      )
      .positional('study', { choices: ['thesis'] as const, demandOption: true, describe: 'which study' })
      .hide('recreation')
      .hide('machine')
      .example('$0 study thesis', 'the demo')
      .example('$0 study thesis --network network.yaml --out study', 'your network') as never,
  handler: async (args) => {
    if ((args.recreation ?? args.machine) !== undefined)
      throw inputError('a study has its own recreation configs: leave out --recreation and --machine');
    const { runStudy } = await import('./study-run.js');
    await runStudy(searchRunOptions(args));
  },
};
