import { mcnemarExact } from '../../core/index.js';
import type { StoredTensor } from '../../eval/stored/index.js';
import { counted, fixed, percent, printable } from '../text.js';
import type { Contestant } from './contestants.js';

/** What to think of a model beside the Reference, in a headline and sentences. */
export interface Verdict {
  readonly headline: string;
  readonly sentences: readonly string[];
}

/** Judges a quantized model. @param rows its tensors */
export function verdictOf(
  reference: Contestant,
  other: Contestant,
  samples: number,
  rows: readonly StoredTensor[],
): Verdict {
  return {
    headline: headline(reference, other),
    sentences: [chance(other, samples), agreement(other, samples), ...noise(other, rows)],
  };
}

function headline({ accuracy }: Contestant, other: Contestant): string {
  const points = (other.accuracy.top1 - accuracy.top1) * 100;
  if (other.accuracy.correct1 === accuracy.correct1)
    return `${other.title} has the top-1 of the Reference, ${percent(accuracy.top1, 2)} %`;
  const change = `${points < 0 ? 'loses' : 'gains'} ${fixed(Math.abs(points), 2)} points of top-1`;
  return `${other.title} ${change}: ${percent(accuracy.top1, 2)} → ${percent(other.accuracy.top1, 2)} %`;
}

function chance({ paired: { lost, won } }: Contestant, samples: number): string {
  if (lost + won === 0) return 'It is right and wrong on the same images as the Reference.';
  const p = mcnemarExact(lost, won);
  const counts = `It gets ${counted(lost, 'image')} wrong that the Reference has right, and ${won} right that the Reference has wrong.`;
  const test = `(McNemar’s exact test: p ${probability(p)})`;
  if (lost === won) return `${counts} Neither is better ${test}.`;
  if (p < 0.01) return `${counts} That is hardly chance ${test}.`;
  if (p < 0.05) return `${counts} That is unlikely to be chance ${test}.`;
  return `${counts} With ${counted(samples, 'image')} such a difference may be chance ${test}.`;
}

/** A p-value for a sentence, with its sign. */
export const probability = (p: number): string =>
  p < 0.0001 ? '< 0.0001' : `= ${fixed(p, p < 0.01 ? 4 : 3)}`;

function agreement({ paired: { same } }: Contestant, samples: number): string {
  if (same === samples) return 'Its first class is that of the Reference on every image.';
  return `Its first class is that of the Reference on ${percent(same / samples, 2)} % of the images.`;
}

/** Where the noise enters. */
function noise({ outputDb }: Contestant, rows: readonly StoredTensor[]): readonly string[] {
  const noisy = rows.filter(({ sqnr_db }) => sqnr_db !== null);
  if (noisy.length === 0) return ['No tensor carries noise.'];
  const lowest = noisy.reduce((a, b) => (b.sqnr_db! < a.sqnr_db! ? b : a));
  const steepest = noisy.reduce((a, b) => ((b.delta_db ?? 0) < (a.delta_db ?? 0) ? b : a));
  const name = ({ layer, index }: StoredTensor): string => `${printable(layer)} (index ${index})`;
  const output = outputDb === null ? '' : `, and the output has ${fixed(outputDb, 2)} dB`;
  const drop =
    (steepest.delta_db ?? 0) < 0
      ? `SQNR drops most at ${name(steepest)}, by ${fixed(-steepest.delta_db!, 1)} dB; it`
      : 'SQNR';
  return [`${drop} is lowest after ${name(lowest)}, ${fixed(lowest.sqnr_db!, 2)} dB${output}.`];
}
