import { memoryUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Less memory outside the JavaScript heap than this is not worth the milliseconds of a collection. */
const WORTH_BYTES = 40 * 2 ** 20;

/**
 * Lets go of what is not needed any more, now: buffers of images and weights that preparing and planning a network leave would otherwise stay
 * beside the memory of an evaluation, since too little JavaScript runs from then on to have them collected. Takes some milliseconds, and
 * does nothing where there is little to let go of.
 */
export function collectGarbage(): void {
  if (memoryUsage().external < WORTH_BYTES) return;
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  if (typeof collect === 'function') collect();
}
