import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets go of what is not needed any more, now: buffers of images and weights that preparing and planning a network leave would otherwise stay
 * beside the memory of an evaluation, since too little JavaScript runs from then on to have them collected. Takes some milliseconds.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  if (typeof collect === 'function') collect();
}
