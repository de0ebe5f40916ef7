export * from './channels.js';
export * from './formulas.js';
export * from './plan.js';
export * from './recorder.js';
export * from './side-by-side.js';
export * from './tensor-sums.js';
export * from './totals.js';
export * from './unite.js';
