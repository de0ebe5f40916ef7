import type { Argv } from 'yargs';
import { DEFAULT_PROFILE, NUMERICS_PROFILES, type NumericsProfile } from '../core/numerics.js';

/** The option of commands that compute with a TensorFlow Lite network's integers. */
export interface NumericsArguments {
  readonly numerics?: NumericsProfile;
}

/** Declares the option of `NumericsArguments`. */
export const numericsOption = <T>(yargs: Argv<T>) =>
  yargs.option('numerics', {
    choices: Object.keys(NUMERICS_PROFILES) as NumericsProfile[],
    requiresArg: true,
    describe: `whose integer arithmetic: that of TensorFlow 2.15 to 2.19, or of 2.20 and later; ${DEFAULT_PROFILE} when absent`,
  });
