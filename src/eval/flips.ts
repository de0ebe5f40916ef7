import type { Prediction } from './results.js';

/** On which images two models are right. */
export interface Paired {
  readonly both: number;
  /** Only the first is right. */
  readonly lost: number;
  /** Only the second is right. */
  readonly won: number;
  readonly neither: number;
  /** Same first class, right or wrong. */
  readonly same: number;
}

/** Whether the first class is the image's. */
export const isRight = ({ top }: Prediction, label: number): boolean => top[0] === label;

/** Compares two models image by image; the lists have one entry for each image. */
export function paired(
  labels: readonly number[],
  first: readonly Prediction[],
  second: readonly Prediction[],
): Paired {
  const counts = { both: 0, lost: 0, won: 0, neither: 0, same: 0 };
  labels.forEach((label, i) => {
    const [a, b] = [isRight(first[i]!, label), isRight(second[i]!, label)];
    counts[a ? (b ? 'both' : 'lost') : b ? 'won' : 'neither'] += 1;
    if (first[i]!.top[0] === second[i]!.top[0]) counts.same += 1;
  });
  return counts;
}
