export { batchTable, imageBlock } from './console.js';
export { predictionsCsv, sqnrCsv } from './csv.js';
export { type DotEdge, type DotGraph, type DotNode, type DotTitle, sqnrDot } from './graph-dot.js';
export { sqnrSvg } from './graph-svg.js';
export { type InspectRow, type InspectTotals, inspectTable } from './inspect-table.js';
export { resultsJson } from './json.js';
export { type SummaryOptions, summary } from './summary.js';
