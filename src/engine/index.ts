export type { KernelModules } from '../kernels/index.js';
export * from './arena.js';
export * from './model.js';
export * from './mover.js';
export * from './plan.js';
export * from './program.js';
