export * from './predictions.js';
export type { StoredLayer, StoredResults, StoredTensor } from './results-schema.js';
export * from './same-question.js';
export * from './stored-run.js';
export { isSweep, readSweep, type StoredConfiguration, type StoredSweep } from './stored-sweep.js';
export * from './thumbnails.js';
