export * from './builder.js';
export * from './define.js';
export * from './facts.js';
export * from './table.js';
