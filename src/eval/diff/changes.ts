/** A value that differs between two configs: where it stands and what it is in each; undefined where it is not there. */
export interface Change {
  readonly key: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** What differs between two plain values, key by key. @param key where they stand */
export function changes(key: string, a: unknown, b: unknown): readonly Change[] {
  if (isBranch(a) && isBranch(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const path = (name: string): string => (Array.isArray(a) ? `${key}[${name}]` : `${key}.${name}`);
    return keys.flatMap((name) => changes(path(name), own(a, name), own(b, name)));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ key, a, b }];
}

/** Lists of single values are compared as a whole. */
const isBranch = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !(Array.isArray(value) && value.every((item) => typeof item !== 'object'));

const own = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
