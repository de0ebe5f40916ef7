import { inputError } from '../../core/index.js';
import { cellText, parseCsv } from '../../data/index.js';
import { MODEL_NAMES, type ModelName, type Prediction, type SampleResult } from '../results.js';

const CLASS = /^\d{1,9}$/;
const CONFIDENCE = /^(\d+\.\d+|NaN)$/;

/**
 * What the three models say of each image, from the text of a `predictions.csv`.
 * @param file name for error messages
 * @throws QpannError for a file that QPANN did not write
 */
export function parsePredictions(text: string, file: string): SampleResult[] {
  const [header, ...rows] = parseCsv(text) ?? [];
  const column = new Map((header ?? []).map((name, position) => [name, position]));
  const cell = (row: readonly string[], name: string): string => row[column.get(name) ?? -1] ?? '';
  return rows.map((row, position) => {
    const refuse = (what: string): never => {
      throw inputError(
        `${file}, line ${position + 2}: no ${what}, so it is not a file that qpann eval wrote`,
      );
    };
    const classOf = (value: string, what: string): number =>
      CLASS.test(value) ? Number(value) : refuse(what);
    const prediction = (model: ModelName): Prediction => {
      const top = cell(row, `${model}_top5`).split(' ').filter(Boolean);
      const confidence = cell(row, `${model}_confidence1`);
      if (!CONFIDENCE.test(confidence)) refuse(`${model}_confidence1`);
      return { top: top.map((value) => classOf(value, `${model}_top5`)), confidence: Number(confidence) };
    };
    if (!column.has('file')) refuse('column called file');
    const [reference, tflite, recreated] = MODEL_NAMES.map(prediction) as [
      Prediction,
      Prediction,
      Prediction,
    ];
    return {
      file: cellText(cell(row, 'file')),
      label: classOf(cell(row, 'label'), 'label'),
      predictions: { reference, tflite, recreated },
    };
  });
}
