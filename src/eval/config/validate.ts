import { inspect } from 'node:util';
import { z } from 'zod';
import { inputError } from '../../core/index.js';

/** An integer from `min` to `max`; like every schema here it carries as its error what a message says was expected. */
export function integer(min: number, max: number, expected: string) {
  return z.int(expected).min(min, expected).max(max, expected);
}

/** A text that is not empty. */
export const text = (expected: string) => z.string(expected).min(1, expected);

/** An object with no other keys than those of `shape`. */
export function keys<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? suggestion(issue.keys[0]!, Object.keys(shape))
        : 'a map of keys to values',
  });
}

/**
 * Checks a value against a schema.
 * @param entry number of the entry, from 0, in a file that holds a list
 * @throws QpannError of one line for the first problem, unknown keys before others: which file and key, what was expected and given
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, file: string, entry?: number): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const { issues } = result.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  const path = pathText(issue.path);
  const entryText = entry === undefined ? '' : `entry ${entry}`;
  if (issue.code === 'unrecognized_keys') {
    const place = [path, entryText, file].filter((part) => part !== '').join(' of ');
    throw inputError(`unknown key ${shown(issue.keys[0])} in ${place}: ${issue.message}`);
  }
  const place = [file, entryText, path].filter((part) => part !== '').join(': ');
  if (issue.input === undefined && path !== '')
    throw inputError(`${place} is missing; expected ${issue.message}`);
  throw inputError(`${place}: expected ${issue.message}, got ${shown(issue.input)}`);
}

/**
 * Gives old spellings of keys their new name.
 * @throws QpannError if a key is given in both spellings
 */
export function renameKeys(
  value: unknown,
  aliases: Readonly<Record<string, string>>,
  where: string,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    const name = Object.hasOwn(aliases, key) ? aliases[key]! : key;
    if (name !== key && Object.hasOwn(value, name))
      throw inputError(`${where}: '${key}' and '${name}' are the same key; give one of them`);
    return [name, item];
  });
  return Object.fromEntries(entries);
}

/** A value in a message: on one line, and shortened. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const line = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 8 });
  return line.length > 60 ? `${line.slice(0, 60)}…` : line.replaceAll('\n', ' ');
}

const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? String(key) : `.${String(key)}`))
    .join('');

function suggestion(key: string, known: readonly string[]): string {
  const distances = known.map((name) => [editDistance(key.toLowerCase(), name), name] as const);
  const [distance, nearest] = distances.reduce((best, next) => (next[0] < best[0] ? next : best));
  const isNear = distance <= Math.max(2, Math.floor(nearest.length / 3));
  return isNear ? `did you mean '${nearest}'?` : `the keys are ${known.join(', ')}`;
}

/** Levenshtein distance: how many letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
