export * from './arena.js';
export * from './model.js';
export * from './plan.js';
