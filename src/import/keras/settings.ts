import { inputError } from '../../core/index.js';

/** Largest size that a config may give: what an int32 holds, nearly. */
const MAX_SIZE = 2 ** 31;

/** Whether a JSON value is an object with named members. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LONGEST_SHOWN = 80;

/** Text for a message: on one line and not endless. */
export const shortened = (text: string): string => text.replace(/\s+/g, ' ').slice(0, LONGEST_SHOWN);

/** A JSON value for a message. */
export function shown(value: unknown): string {
  try {
    return shortened(JSON.stringify(value) ?? 'missing');
  } catch {
    return 'a deeply nested value';
  }
}

/** The config of one layer, read with checks. Keys that are missing or null give the fallback, or an error without one. */
export interface Settings {
  /** The file and layer, as messages begin. */
  readonly where: string;
  /** @throws QpannError that names the layer. */
  fail(message: string): never;
  raw(key: string): unknown;
  text(key: string, fallback?: string): string;
  flag(key: string, fallback: boolean): boolean;
  number(key: string, fallback?: number): number;
  /** An integer in [min, 2^31]. */
  integer(key: string, min: number, fallback?: number): number;
  /** [height, width] as Keras writes it: a pair or one number for both. */
  pair(key: string, min: number, fallback?: readonly [number, number]): readonly [number, number];
}

/** Whether a value is an integer in [min, 2^31]. */
export const isSize = (value: unknown, min: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= MAX_SIZE;

/** A reader for the config of `where`, for example `model.h5: layer 3 conv1 (Conv2D)`. */
export function settingsOf(config: unknown, where: string): Settings {
  const fail = (message: string): never => {
    throw inputError(`${where}: ${message}`);
  };
  const record = isRecord(config) ? config : fail('has no config');
  const raw = (key: string): unknown => (Object.hasOwn(record, key) ? record[key] : undefined);
  const get = <T>(
    key: string,
    fallback: T | undefined,
    what: string,
    accepts: (value: unknown) => value is T,
  ): T => {
    const value = raw(key) ?? fallback;
    if (accepts(value)) return value;
    return fail(value === undefined ? `its config has no ${key}` : `${key} is ${shown(value)}, not ${what}`);
  };
  return {
    where,
    fail,
    raw,
    text: (key, fallback) => get(key, fallback, 'text', (value) => typeof value === 'string'),
    flag: (key, fallback) => get(key, fallback, 'true or false', (value) => typeof value === 'boolean'),
    number: (key, fallback) =>
      get(
        key,
        fallback,
        'a number',
        (value): value is number => typeof value === 'number' && Number.isFinite(value),
      ),
    integer: (key, min, fallback) =>
      get(key, fallback, `a whole number from ${min}`, (value): value is number => isSize(value, min)),
    pair: (key, min, fallback) => {
      const value = raw(key);
      if (isSize(value, min)) return [value, value];
      return get(
        key,
        fallback,
        `two whole numbers from ${min}`,
        (pair): pair is readonly [number, number] =>
          Array.isArray(pair) && pair.length === 2 && pair.every((size) => isSize(size, min)),
      );
    },
  };
}
