import type { Argv } from 'yargs';
import { inputError } from '../core/errors.js';
import type { PreprocessOptions } from '../data/index.js';

/** Options that say how images are preprocessed. */
export interface PreprocessingArguments {
  readonly network?: string;
  readonly mode?: 'tf' | 'torch' | 'caffe' | 'none';
  readonly resize?: PreprocessOptions['resize'];
  readonly cropFraction?: string;
}

/** Options of commands that run a network on one input. */
export interface InputArguments extends PreprocessingArguments {
  readonly input: string;
}

/** Declares the options of `PreprocessingArguments`. */
export const preprocessingOptions = <T>(yargs: Argv<T>, networkSays: string) =>
  yargs
    .option('network', { type: 'string', requiresArg: true, describe: networkSays })
    .option('mode', {
      choices: ['tf', 'torch', 'caffe', 'none'] as const,
      describe: 'how the pixels of an image are normalized; tf when absent',
    })
    .option('resize', {
      choices: ['bilinear', 'nearest', 'bicubic'] as const,
      describe: 'how an image is resized; bilinear when absent',
    })
    .option('crop-fraction', {
      type: 'string',
      requiresArg: true,
      describe: 'side of the centre square of an image that is used; the whole image when absent',
    });

/** Declares the options of `InputArguments`. */
export const inputOptions = <T>(yargs: Argv<T>) =>
  preprocessingOptions(
    yargs.option('input', {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: '.npy array with a leading batch dimension (real values are quantized), or an image',
    }),
    'network config that says how an image is preprocessed',
  );

/** How the input of a command is preprocessed. @throws QpannError for options that do not go with the kind of input */
export async function preprocessingOf(args: InputArguments): Promise<PreprocessOptions> {
  const { isImageFile } = await import('../eval/index.js');
  return preprocessingFrom(args, isImageFile(args.input) ? null : args.input);
}

/**
 * How an image becomes the input.
 * @param array the `.npy` file that is read instead of an image, or null
 * @throws QpannError for options that contradict each other or the kind of input
 */
export async function preprocessingFrom(
  { network, mode, resize, cropFraction }: PreprocessingArguments,
  array: string | null,
): Promise<PreprocessOptions> {
  const { loadNetworkConfig, preprocessOptions } = await import('../eval/index.js');
  const given = { '--mode': mode, '--resize': resize, '--crop-fraction': cropFraction };
  const flag = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  const chosen = network === undefined ? flag : '--network';
  if (chosen !== undefined && array !== null)
    throw inputError(`${chosen} is for images; ${array} is read as a .npy array, already preprocessed`);
  if (network !== undefined && flag !== undefined)
    throw inputError(`--network says how images are preprocessed: leave out ${flag}`);
  if (network !== undefined) return preprocessOptions(await loadNetworkConfig(network));
  const fraction = cropFraction === undefined ? null : Number(cropFraction);
  if (fraction !== null && !(fraction > 0 && fraction <= 1))
    throw inputError(`--crop-fraction ${cropFraction}: expected a number above 0 and up to 1`);
  return {
    resize: resize ?? 'bilinear',
    cropFraction: fraction,
    normalization: { mode: mode ?? 'tf' },
  };
}
