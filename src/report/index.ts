export { compareText } from './compare-text.js';
export { batchTable, imageBlock } from './console.js';
export { predictionsCsv, sqnrCsv } from './csv.js';
export { type DotTitle, sqnrDot } from './graph-dot.js';
export { sqnrSvg } from './graph-svg.js';
export { inspectTable } from './inspect-table.js';
export { resultsJson } from './json.js';
export { type SummaryOptions, summary } from './summary.js';
export { counted } from './text.js';
