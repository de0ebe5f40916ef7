export {
  type FastKernel,
  type Follower,
  instantiate,
  KERNEL_NAMES,
  type KernelExports,
  type KernelModules,
  type KernelName,
  SLACK_BYTES,
} from './fast-kernel.js';
export { openResampler } from './resample.js';
export { fastKernelNamed, fastKernelOf } from './table.js';
