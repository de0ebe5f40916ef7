import type { Pattern } from './pattern.js';
import { isFree, judged, type Values } from './values.js';

/** Elements that a channel needs, so that its median means something. */
const LEAST_ELEMENTS = 4;

/**
 * Finds a difference that is constant in each channel but for rounding: another bias, or an input zero point that is left out.
 * @param channels size of the last dimension
 */
export function detectBias(values: Values, channels: number): Pattern | null {
  const { a, b, integer } = values;
  if (integer === null || a.length < channels * LEAST_ELEMENTS) return null;
  const differences = Array.from({ length: channels }, (): number[] => []);
  for (let i = 0; i < a.length; i++) if (isFree(values, i)) differences[i % channels]!.push(b[i]! - a[i]!);
  const medians = differences.map((found) =>
    found.length < LEAST_ELEMENTS ? null : found.sort((x, y) => x - y)[found.length >> 1]!,
  );
  const known = medians.filter((median) => median !== null);
  const [smallest, largest] = [Math.min(...known), Math.max(...known)];
  // A difference of one in all channels is a matter of rounding.
  if (known.length === 0 || Math.max(-smallest, largest) < 2) return null;
  const evidence = judged(values, (i) => {
    const median = medians[i % channels]!;
    return median === null || !isFree(values, i) ? null : Math.abs(b[i]! - a[i]! - median) <= 1;
  });
  return evidence === null ? null : { kind: 'bias', smallest, largest, ...evidence };
}
