import type { ModelName, Results, SampleResult } from '../eval/results.js';
import { csv, textCell } from '../formats/csv.js';
import { classLabel } from './names.js';
import { fixed, shapeText } from './text.js';

const MODELS = ['reference', 'tflite', 'recreated'] as const satisfies readonly ModelName[];

/** `predictions.csv`: a line per image with each model's first class, its confidence and the first five classes. */
export function predictionsCsv(samples: readonly SampleResult[], labelNames?: readonly string[]): string {
  const header = [
    'file',
    'label',
    ...(labelNames === undefined ? [] : ['label_name']),
    ...MODELS.flatMap((model) => [`${model}_class1`, `${model}_confidence1`, `${model}_top5`]),
  ];
  const rows = samples.map(({ file, label, predictions }) => [
    textCell(file),
    String(label),
    ...(labelNames === undefined ? [] : [textCell(classLabel(label, labelNames))]),
    ...MODELS.flatMap((model) => {
      const { top, confidence } = predictions[model];
      return [String(top[0] ?? ''), fixed(confidence, 8), top.join(' ')];
    }),
  ]);
  return csv([header, ...rows]);
}

/** `sqnr.csv`: a line per tensor of the TFLite and of the Recreated model; empty cells where `results.json` has null. */
export function sqnrCsv({ sqnr }: Pick<Results, 'sqnr'>): string {
  const header = [
    'model',
    'index',
    'layer',
    'class',
    'tensor',
    'replaced',
    'shape',
    'sqnr_db',
    'aggregate_db',
    'delta_db',
    'identical',
  ];
  const rows = (['tflite', 'recreated'] as const).flatMap((model) =>
    sqnr[model].tensors.map((row) => [
      model,
      String(row.index),
      textCell(row.layer),
      textCell(row.class),
      textCell(row.tensor),
      String(row.replaced),
      shapeText(row.shape),
      decibelCell(row.sqnr_db),
      decibelCell(row.aggregate_db),
      decibelCell(row.delta_db),
      String(row.identical),
    ]),
  );
  return csv([header, ...rows]);
}

const decibelCell = (value: number | null): string => (value === null ? '' : fixed(value, 4));
