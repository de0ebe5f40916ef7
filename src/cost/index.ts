export * from './cost.js';
export * from './machine.js';
