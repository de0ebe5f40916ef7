export * from './predictions.js';
export type { StoredLayer, StoredResults, StoredTensor } from './results-schema.js';
export * from './same-question.js';
export * from './stored-run.js';
export * from './thumbnails.js';
