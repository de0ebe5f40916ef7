import type { Random } from './random.js';

/** Where a value or a key of JSON lies in a file, in bytes. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly isKey: boolean;
}

/** The values and keys of the JSON text that holds a network's architecture, or none if there is no such text. */
export function jsonSpans(bytes: Uint8Array): Span[] {
  const text = new TextDecoder('latin1').decode(bytes);
  const start = text.indexOf('{"class_name"');
  if (start < 0) return [];
  const spans: Span[] = [];
  let at = start;
  const space = (): void => {
    while (/\s/.test(text[at] ?? '')) at += 1;
  };
  const string = (): void => {
    at += 1;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at += 1;
  };
  const list = (end: string, item: () => void): void => {
    at += 1;
    space();
    while (at < text.length && text[at] !== end) {
      item();
      space();
      if (text[at] === ',') at += 1;
      space();
    }
    at += 1;
  };
  const value = (): void => {
    space();
    const from = at;
    if (text[at] === '{')
      list('}', () => {
        const key = at;
        string();
        spans.push({ start: key, end: at, isKey: true });
        space();
        at += 1;
        value();
      });
    else if (text[at] === '[') list(']', value);
    else if (text[at] === '"') string();
    else while (/[-+.\w]/.test(text[at] ?? '')) at += 1;
    spans.push({ start: from, end: at, isKey: false });
  };
  value();
  return spans;
}

const VALUES = [
  '0',
  '1',
  '-1',
  '2',
  '1e9',
  '1e99',
  '1.5',
  '-0',
  'null',
  'true',
  'false',
  '""',
  '"x"',
  '[]',
  '{}',
  '[0,0]',
];
const MORE_VALUES = [
  '[[]]',
  '[1,1]',
  '[-1]',
  '99999999',
  '2147483648',
  '"relu"',
  '"same"',
  '"linear"',
  '[null,3]',
  '"__proto__"',
];
const KEYS = ['"x"', '"units"', '"name"', '"axis"', '"__proto__"', '""'];

/** Puts another value in the place of one, filled up with spaces: the text keeps its length. */
export function spoilSpan(random: Random, bytes: Uint8Array, spans: readonly Span[]): string {
  const span = random.pick(spans);
  const [space, text] = [span.end - span.start, new TextDecoder('latin1').decode(bytes)];
  const other = random.pick(spans);
  const candidates = span.isKey
    ? KEYS
    : [...VALUES, ...MORE_VALUES, ...new Array(8).fill(text.slice(other.start, other.end))];
  const fitting = candidates.filter((candidate) => candidate.length <= space);
  const chosen = random.pick(fitting.length > 0 ? fitting : ['0']);
  const before = text.slice(span.start, span.end);
  for (let i = 0; i < space; i++) bytes[span.start + i] = chosen.padEnd(space).charCodeAt(i);
  return `JSON at ${span.start}: ${before.slice(0, 40)} → ${chosen.slice(0, 40)}`;
}
