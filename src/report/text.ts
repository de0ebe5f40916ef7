import { stripVTControlCharacters } from 'node:util';

const LINE_BREAKS = /[\t\n\r\u2028\u2029]+/g;
/** Control characters, and the marks that reverse the direction of the text around them. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const LONE_SURROGATES = /\p{Cs}/gu;
const COMBINING = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{3fffd}]$/u;

/** Text from a file on one line that a terminal shows as it is: no escape sequences, no reversal of direction. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(LINE_BREAKS, ' ')
    .replace(CONTROLS, '')
    .replace(LONE_SURROGATES, '\ufffd');
}

/** The text with its middle left out if it has more than `length` characters. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  const head = length - 1 - tail;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

/** Number of columns that the text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** How a cell stands in its column. */
export type Align = 'left' | 'right';

/** The text filled up with spaces to that many columns. */
export function pad(text: string, columns: number, align: Align = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

/** Rows as aligned lines, two spaces between columns and none at the end. */
export function alignedLines(
  rows: readonly (readonly string[])[],
  alignment: readonly Align[],
): readonly string[] {
  const widths = alignment.map((_, column) =>
    Math.max(0, ...rows.map((row) => columnsOf(row[column] ?? ''))),
  );
  return rows.map((row) =>
    alignment
      .map((align, column) => pad(row[column] ?? '', widths[column]!, align))
      .join('  ')
      .trimEnd(),
  );
}

/** A number with that many decimals; zero has no sign. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

/** As `fixed`, with a plus before what is more than zero. */
export function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return /[1-9]/.test(text) && value > 0 ? `+${text}` : text;
}

/** A fraction in percent, without the sign. */
export const percent = (fraction: number, decimals: number): string => fixed(fraction * 100, decimals);

/** An integer with a comma before each group of three digits. */
export const grouped = (value: number): string => value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 sample`, `2 samples`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** A shape as `112x112x32`. */
export const shapeText = (shape: readonly number[]): string => shape.join('x');

/** A count of much with three digits: `1.23 M`. */
export function compact(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3 + 1e-9));
  const scaled = value / 1000 ** power;
  return `${power === 0 ? grouped(value) : fixed(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0)}${units[power]}`;
}
