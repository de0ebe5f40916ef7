import type { Accuracy, Prediction } from './results.js';

/**
 * The highest outputs of a classifier, at most five. Equal values, frequent in int8 softmax, go to the lower class;
 * NaN ranks below every number.
 * @param outputs one value per class, 0 to 1
 */
export function predict(outputs: Float32Array): Prediction {
  const top: number[] = [];
  for (let classIndex = 0; classIndex < outputs.length; classIndex++) {
    let position = top.length;
    while (position > 0 && ranksAbove(outputs[classIndex]!, outputs[top[position - 1]!]!)) position -= 1;
    if (position < 5) top.splice(position, 0, classIndex);
    if (top.length > 5) top.pop();
  }
  return { top, confidence: outputs[top[0]!]! };
}

const ranksAbove = (a: number, b: number): boolean => a > b || (Number.isNaN(b) && !Number.isNaN(a));

/** Hits of one model so far. */
export interface Hits {
  readonly samples: number;
  readonly correct1: number;
  readonly correct5: number;
}

export const NO_HITS: Hits = { samples: 0, correct1: 0, correct5: 0 };

/** The hits after one more sample. */
export const countHit = (
  { samples, correct1, correct5 }: Hits,
  { top }: Prediction,
  label: number,
): Hits => ({
  samples: samples + 1,
  correct1: correct1 + (top[0] === label ? 1 : 0),
  correct5: correct5 + (top.includes(label) ? 1 : 0),
});

/** Hits as fractions (thesis 2.1.3); of no samples, 0. */
export const accuracyOf = ({ samples, correct1, correct5 }: Hits): Accuracy => ({
  top1: samples === 0 ? 0 : correct1 / samples,
  top5: samples === 0 ? 0 : correct5 / samples,
  correct1,
  correct5,
});
