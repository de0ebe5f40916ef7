import type { Accuracy, ModelName, SampleResult } from '../eval/results.js';
import { classLabel, MODEL_TITLES } from './names.js';
import { columnsOf, counted, pad, percent, printable } from './text.js';

const PRINTED_ORDER = ['recreated', 'tflite', 'reference'] as const satisfies readonly ModelName[];
const TITLE_COLUMNS = 'Recreated Model Prediction'.length;

/** What the three models make of one image, as Appendix B of the thesis prints it. */
export function imageBlock(sample: SampleResult, labelNames?: readonly string[]): string {
  const predictions = PRINTED_ORDER.map((model) => {
    const { top, confidence } = sample.predictions[model];
    const label = top[0] === undefined ? 'none' : classLabel(top[0], labelNames);
    return { title: `${MODEL_TITLES[model]} Model Prediction`, label, confidence };
  });
  const truth = classLabel(sample.label, labelNames);
  const columns = Math.max(...[truth, ...predictions.map(({ label }) => label)].map(columnsOf));
  const line = (title: string, label: string, rest: string): string =>
    `> ${pad(title, TITLE_COLUMNS)} : ${pad(label, columns)}${rest} <\n`;
  return [
    `######### ${printable(sample.file)} ##########\n`,
    ...predictions.map(({ title, label, confidence }) => line(title, label, ` (${percent(confidence, 4)}%)`)),
    line('Ground Truth', truth, ''),
  ].join('');
}

/** Accuracy of the batch beside that of all samples so far, as Appendix B of the thesis prints it. */
export function batchTable(
  batch: Readonly<Record<ModelName, Accuracy>>,
  batchSamples: number,
  total: Readonly<Record<ModelName, Accuracy>>,
  totalSamples: number,
): string {
  const left = scoreLines('Batch', batch, batchSamples);
  const right = scoreLines('Total', total, totalSamples);
  const leftColumns = Math.max(...left.map(columnsOf));
  const rightColumns = Math.max(...right.map(columnsOf));
  const lines = left.map(
    (text, index) => `| ${pad(text, leftColumns)} |   | ${pad(right[index]!, rightColumns)} |\n`,
  );
  const rule = `${'#'.repeat(leftColumns + rightColumns + 11)}\n`;
  return [rule, ...lines, rule].join('');
}

function scoreLines(
  name: string,
  accuracies: Readonly<Record<ModelName, Accuracy>>,
  samples: number,
): readonly string[] {
  return [
    `${name} Accuracy Score: ${counted(samples, 'sample')}`,
    ...PRINTED_ORDER.flatMap((model) => [
      `${MODEL_TITLES[model]} model`,
      `> Top 1: ${percent(accuracies[model].top1, 4)}`,
      `> Top 5: ${percent(accuracies[model].top5, 4)}`,
    ]),
  ];
}
