import { QpannError } from '../core/index.js';

/** What `load` gives; with `skip`, null for an image that cannot be decoded. */
export async function loadOrSkip<T>(load: () => Promise<T>, skip: boolean): Promise<T | null> {
  try {
    return await load();
  } catch (error) {
    if (skip && error instanceof QpannError) return null;
    throw error;
  }
}
