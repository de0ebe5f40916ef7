import { type LoadSample, openSamples, type PreprocessOptions, type Resample } from '../data/index.js';
import { isShared, type Program } from '../engine/index.js';
import { openResampler } from '../kernels/index.js';

/** How images are resized where a program runs: by its fast kernels, if it has them. For one thread. */
export const resamplingOf = ({ kernels, memory }: Program): { readonly resample?: Resample } =>
  kernels === undefined ? {} : { resample: openResampler(kernels, isShared(memory)) };

/** What loads the images of a network where a program runs. For one thread. */
export const openImages = (
  program: Program,
  shape: readonly number[],
  preprocessing: PreprocessOptions,
  cache: string | undefined,
): LoadSample =>
  openSamples(shape, preprocessing, { ...(cache !== undefined && { cache }), ...resamplingOf(program) });
