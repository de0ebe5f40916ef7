export * from './builder.js';
export type { CustomLayer, CustomLayerContext, CustomTensor } from './custom.js';
export * from './define.js';
export * from './facts.js';
export * from './run-once.js';
export * from './table.js';
