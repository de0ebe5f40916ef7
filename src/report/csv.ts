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

/** `layers.csv`: a line per layer of the Recreated model; empty cells where `results.json` has null. */
export function layersCsv({ layers, machine }: Pick<Results, 'layers' | 'machine'>): string {
  const rows = layers.map((row): Readonly<Record<string, string>> => {
    const { settings, quantization, sqnr, cost } = row;
    const { weights, output } = quantization ?? {};
    return {
      index: String(row.index),
      layer: textCell(row.layer),
      class: textCell(row.class),
      tensor: textCell(row.tensor),
      replaced: String(row.replaced),
      shape: shapeText(row.shape),
      settings: textCell(settingsText(settings)),
      weight_bits: numberCell(weights?.bits),
      weight_scales: numberCell(weights?.scales.length),
      output_bits: numberCell(output?.bits),
      output_scale: numberCell(output?.scale),
      output_zero_point: numberCell(output?.zero_point),
      range_min: numberCell(row.range?.min),
      range_max: numberCell(row.range?.max),
      clip_rate: numberCell(row.clip_rate ?? undefined),
      accumulated_db: decibelCell(sqnr.accumulated_db),
      local_db: decibelCell(sqnr.local_db),
      local_aggregate_db: decibelCell(sqnr.local_aggregate_db),
      harmonic_db: decibelCell(sqnr.harmonic_db),
      worst_channel: numberCell(sqnr.worst_channel?.channel),
      worst_channel_db: decibelCell(sqnr.worst_channel?.sqnr_db ?? null),
      dead_channels: String(row.dead_channels.length),
      accumulator_min: numberCell(row.accumulator?.min),
      accumulator_max: numberCell(row.accumulator?.max),
      accumulator_bits: numberCell(row.accumulator?.bits),
      accumulator_worst_case_bits: numberCell(row.accumulator?.worst_case_bits),
      macs: String(cost.macs),
      bit_operations: String(cost.bit_operations),
      weight_bytes: String(cost.weight_bytes),
      bias_bytes: String(cost.bias_bytes),
      requantization_bytes: String(cost.requantization_bytes),
      activation_bytes: String(cost.activation_bytes),
      bytes_moved: String(cost.bytes_moved),
      ...(machine && { cycles: numberCell(cost.cycles), bound_by: cost.bound_by ?? '' }),
    };
  });
  return csv([Object.keys(rows[0] ?? {}), ...rows.map(Object.values<string>)]);
}

/** Settings as `weight_bits=8 rounding_div=true`. */
const settingsText = (settings: Results['layers'][number]['settings']): string =>
  Object.entries(settings ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

const numberCell = (value: number | undefined): string => (value === undefined ? '' : String(value));
const decibelCell = (value: number | null): string => (value === null ? '' : fixed(value, 4));
