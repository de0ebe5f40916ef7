import type { Results } from '../eval/results.js';

/**
 * `results.json`: keys in the order given, so the same results are the same bytes.
 * @throws Error naming the place of a number that JSON cannot hold
 */
export const resultsJson = (results: Results): string => jsonOf(results, 'results');

/**
 * Results as JSON: keys in the order given, so the same results are the same bytes.
 * @param what the results are called in an error
 * @throws Error naming the place of a number that JSON cannot hold
 */
export function jsonOf(results: object, what: string): string {
  refuseUnrepresentable(results, what);
  return `${JSON.stringify(results, null, 2).replace(NUMBER_LISTS, onOneLine)}\n`;
}

/** Lists of numbers, which would take a line for each; no text of JSON holds a line break. */
const NUMBER_LISTS = /\[\n[-\d.eE+,\s]+\]/g;
const onOneLine = (list: string): string =>
  list.replace(/\n */g, ' ').replace('[ ', '[').replace(/ \]$/, ']');

function refuseUnrepresentable(value: unknown, path: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${path} is ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) refuseUnrepresentable(child, `${path}.${key}`);
}
