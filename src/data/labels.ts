import { readFile } from 'node:fs/promises';
import { inputError } from '../core/errors.js';

/** What the labels of a file must fit. */
export interface LabelRules {
  /** All images of the dataset, in name order. */
  readonly imageNames: readonly string[];
  /** Number of classes; a label plus its offset is 0 to `classes − 1`. */
  readonly classes: number;
  /** Added to every number in the file, for example 1 for a network whose class 0 is background. */
  readonly offset: number;
}

const INTEGER = /^[-+]?\d+$/;
/** A file name (which may hold spaces), white space or a comma, an integer. */
const PAIR = /^(.*\S)[\s,]+([-+]?\d+)$/;

/**
 * Parses the labels of a dataset: either one integer per line, in name order of the images, or on every line a file name and
 * an integer, in any order. A byte order mark, CRLF and blank lines at the end are accepted.
 *
 * @param file name for error messages
 * @returns one class per image, in name order, the offset added
 * @throws QpannError naming file and line for a line that cannot be read, a label out of range, an image that is unknown or
 *   named twice; naming the file if there are more or fewer labels than images
 */
export function parseLabels(
  text: string,
  file: string,
  { imageNames, classes, offset }: LabelRules,
): readonly number[] {
  const lines = splitLines(text);
  const toClass = (digits: string, index: number): number => {
    const label = Number(digits) + offset;
    if (label >= 0 && label < classes) return label;
    const sum = offset === 0 ? '' : ` + offset ${offset} = ${label}`;
    throw inputError(
      `${file}, line ${index + 1}: label ${digits}${sum} is out of range; expected 0 to ${classes - 1}`,
    );
  };
  if (PAIR.test(lines[0] ?? '')) return pairedLabels(lines, file, imageNames, toClass);
  const labels = lines.map((line, index) => {
    if (INTEGER.test(line)) return toClass(line, index);
    throw inputError(`${file}, line ${index + 1}: expected one integer, got '${excerpt(line)}'`);
  });
  if (labels.length === imageNames.length) return labels;
  throw inputError(
    `${file}: ${labels.length} labels for ${imageNames.length} images; expected one line per image`,
  );
}

function pairedLabels(
  lines: readonly string[],
  file: string,
  imageNames: readonly string[],
  toClass: (digits: string, index: number) => number,
): readonly number[] {
  const known = new Set(imageNames);
  const labels = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const [, spaced, digits] = PAIR.exec(line) ?? [];
    if (spaced === undefined || digits === undefined) {
      throw inputError(
        `${file}, line ${index + 1}: expected a file name and an integer, got '${excerpt(line)}'`,
      );
    }
    const name = spaced.replace(/[\s,]+$/, '');
    if (!known.has(name))
      throw inputError(`${file}, line ${index + 1}: there is no image '${excerpt(name)}'`);
    if (labels.has(name)) throw inputError(`${file}, line ${index + 1}: '${name}' has a label already`);
    labels.set(name, toClass(digits, index));
  }
  return imageNames.map((name) => {
    const label = labels.get(name);
    if (label === undefined) throw inputError(`${file}: image '${name}' has no label`);
    return label;
  });
}

/** Parses the names of classes, one per line, class 0 first. A byte order mark, CRLF and blank lines at the end are accepted. */
export const parseLabelNames = (text: string): readonly string[] => splitLines(text);

/** Reads a file for `parseLabels`. @throws QpannError as `parseLabels`, or if the file cannot be read */
export const readLabels = async (path: string, rules: LabelRules): Promise<readonly number[]> =>
  parseLabels(await readText(path), path, rules);

/** Reads a file for `parseLabelNames`. @throws QpannError if the file cannot be read */
export const readLabelNames = async (path: string): Promise<readonly string[]> =>
  parseLabelNames(await readText(path));

/** Enough of a text to recognize it in a message. */
const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const splitLines = (text: string): readonly string[] => {
  const body = text.replace(/^\uFEFF/, '').trimEnd();
  return body === '' ? [] : body.split('\n').map((line) => line.trim());
};

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw inputError(`${path}: the file cannot be read (${(error as Error).message})`, { cause: error });
  }
}
