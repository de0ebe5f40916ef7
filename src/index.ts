/**
 * QPANN as a library: the graph, the engine, quantization, SQNR and evaluation that the `qpann` command is made of.
 * @packageDocumentation
 */
export * from './core/index.js';
export * from './cost/index.js';
export * from './data/index.js';
export * from './engine/index.js';
export * from './eval/index.js';
export * from './export/index.js';
export * from './import/index.js';
export * from './ops/index.js';
export * from './quant/index.js';
export * from './report/index.js';
export * from './sqnr/index.js';
