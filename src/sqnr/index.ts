export * from './formulas.js';
export * from './recorder.js';
