import type { ModelName } from '../eval/results.js';
import { fixed, printable } from './text.js';

/** The models as a person reads them. */
export const MODEL_TITLES: Readonly<Record<ModelName, string>> = {
  reference: 'Reference',
  tflite: 'TFLite',
  recreated: 'Recreated',
};

/** The name of a class, or `class 17` for one without a name. */
export function classLabel(index: number, labelNames: readonly string[] = []): string {
  return printable(labelNames[index] ?? '').trim() || `class ${index}`;
}

/** SQNR in decibel with two decimals: `∞` without noise, `no signal` where the Reference is zero throughout. */
export function decibelText(sqnrDb: number | null, identical: boolean, unit = ''): string {
  if (identical) return '∞';
  return sqnrDb === null ? 'no signal' : `${fixed(sqnrDb, 2)}${unit}`;
}
