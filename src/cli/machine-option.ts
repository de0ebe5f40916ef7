import type { Argv } from 'yargs';

/** The option of commands that estimate cycles. */
export interface MachineArguments {
  readonly machine?: string;
}

/** Declares the option of `MachineArguments`. */
export const machineOption = <T>(yargs: Argv<T>) =>
  yargs.option('machine', {
    type: 'string',
    requiresArg: true,
    describe: 'machine file for an estimate of cycles, or one that comes along: ethos-u55-128, cortex-m55, …',
  });
