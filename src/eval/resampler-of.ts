import type { Resample } from '../data/index.js';
import { isShared, type Program } from '../engine/index.js';
import { openResampler } from '../kernels/index.js';

/** Resizes images by the fast kernels of a program, if it has them. For one thread. */
export const resamplerOf = ({ kernels, memory }: Program): { readonly resample?: Resample } =>
  kernels === undefined ? {} : { resample: openResampler(kernels, isShared(memory)) };
