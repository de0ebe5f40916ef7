import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  NetworkConfig,
  Prediction,
  SampleResult,
  StoredLayer,
  StoredRun,
  StoredTensor,
} from '../../../src/eval/index.js';
import { accuracies } from '../../../src/eval/index.js';
import { predictionsCsv } from '../../../src/report/index.js';

/** Text that would do harm if it were markup, and runs from right to left. */
export const HOSTILE = `</script><script>alert("x")</script><img src=x onerror='alert(1)'>"'&lt; \u202eevil\u05e9\u05dc\u05d5\u05dd`;

/** What to make up a run of. */
export interface RunOptions {
  readonly name?: string;
  readonly layers?: number;
  readonly samples?: number;
  /** How many of the first images the Recreated model gets wrong that the Reference has right. */
  readonly lost?: number;
  readonly classes?: number;
  /** Decibel less at every tensor. */
  readonly noise?: number;
  readonly layerName?: (index: number) => string;
  readonly labelNames?: readonly string[];
  readonly model?: string;
}

const prediction = (first: number, classes: number, confidence: number): Prediction => ({
  top: [first, (first + 1) % classes, (first + 2) % classes],
  confidence,
});

/** A made-up run: a chain of layers with a branch every sixth, of which every third stays in float. */
export function madeUpRun({
  name = 'run',
  layers = 12,
  samples = 40,
  lost = 4,
  classes = 10,
  noise = 0,
  layerName = (index) => `layer_${index}`,
  labelNames = Array.from({ length: classes }, (_, i) => `class_${i}`),
  model = 'a'.repeat(64),
}: RunOptions = {}): StoredRun {
  const images = Array.from({ length: samples }, (_, i): SampleResult => {
    const label = i % classes;
    const right = prediction(label, classes, Number((0.9 - i / samples / 2).toFixed(6)));
    const wrong = prediction((label + 1) % classes, classes, 0.4);
    return {
      file: `image_${String(i).padStart(5, '0')}.jpg`,
      label,
      predictions: {
        reference: i === samples - 1 ? wrong : right,
        tflite: i === 0 ? wrong : right,
        recreated: i < lost ? wrong : right,
      },
    };
  });
  const rows = Array.from({ length: layers }, (_, i) => layerRow(i, layerName(i), noise));
  const tensors = [inputRow(), ...rows.map(tensorOf)];
  const output = tensors.at(-1)!.sqnr_db;
  const models = accuracies(images);
  const same = (other: 'tflite' | 'recreated'): number =>
    images.filter(({ predictions: p }) => p[other].top[0] === p.reference.top[0]).length / samples;
  return {
    folder: `/runs/${name}`,
    name,
    network: NETWORK,
    recreation: [{ all: true, weight_bits: noise === 0 ? 8 : 4 }],
    samples: images,
    labelNames,
    model,
    results: {
      schema: 'qpann.results/2',
      numerics: 'tflite-2.15',
      samples,
      calibration: { samples: 5, method: 'minmax' },
      models,
      agreement: { tflite_top1: same('tflite'), recreated_top1: same('recreated') },
      sqnr: {
        tflite: { output_db: 30, tensors: tensors.map((row) => ({ ...row, replaced: true })) },
        recreated: { output_db: output, tensors },
      },
      layers: rows,
      probe: { samples: 20, accumulator_samples: 2 },
      cost: { ...rows[0]!.cost, peak_activation_bytes: 4096 },
      skipped: [],
    },
  };
}

function layerRow(i: number, layer: string, noise: number): StoredLayer {
  const replaced = i % 3 !== 2;
  const db = 45 - ((i * 7) % 40) - noise;
  const scales = Array.from({ length: 16 }, (_, channel) => 0.001 * (channel + 1));
  const affine = { scale: 0.0235, zero_point: -128, bits: 8 };
  const inputs = i === 0 ? ['image'] : i % 6 === 5 ? [`t${i - 1}`, `t${i - 4}`] : [`t${i - 1}`];
  return {
    index: i + 1,
    layer,
    class: i % 6 === 5 ? 'Add' : 'Conv2D',
    tensor: `t${i}`,
    replaced,
    merged: replaced ? [`${layer}_relu`] : [],
    shape: [1, 8, 8, 16],
    inputs,
    settings: replaced ? { weight_bits: 8, rounding_div: true } : null,
    quantization: replaced
      ? {
          inputs: inputs.map((tensor) => ({ tensor, ...affine })),
          weights: { bits: 8, axis: 0, scales, zero_points: scales.map(() => 0) },
          output: affine,
          multipliers: scales.map((_, channel) => 2 ** 30 + channel),
          shifts: scales.map(() => -7),
          clamp: [-128, 127],
        }
      : null,
    range: { min: 0, max: 6.5 },
    histogram: { min: 0, max: 6.5, counts: Array.from({ length: 64 }, (_, bin) => (64 - bin) ** 2) },
    sqnr: {
      accumulated_db: db,
      local_db: replaced ? db + 5 : null,
      harmonic_db: db + 1,
      worst_channel: { channel: 3, sqnr_db: db - 4 },
    },
    clip_rate: replaced ? 0.0123 : null,
    dead_channels: i === 1 ? [2, 7] : [],
    accumulator: replaced ? { min: -12345, max: 54321, bits: 17, worst_case_bits: 25 } : null,
    cost: {
      macs: 1000 * (i + 1),
      bit_operations: 64_000 * (i + 1),
      weight_bytes: 256,
      bias_bytes: 64,
      requantization_bytes: 80,
      activation_bytes: 1024,
      bytes_moved: 1424,
    },
  };
}

const tensorOf = ({
  index,
  layer,
  class: className,
  tensor,
  replaced,
  shape,
  sqnr,
}: StoredLayer): StoredTensor => ({
  index,
  layer,
  class: className,
  tensor,
  replaced,
  shape,
  sqnr_db: sqnr.accumulated_db,
  aggregate_db: sqnr.accumulated_db,
  delta_db: index === 1 ? null : -1.5,
  identical: false,
});

const inputRow = (): StoredTensor => ({
  index: 0,
  layer: 'image',
  class: 'InputLayer',
  tensor: 'image',
  replaced: false,
  shape: [1, 8, 8, 3],
  sqnr_db: null,
  aggregate_db: null,
  delta_db: null,
  identical: true,
});

const NETWORK: NetworkConfig = {
  model_file: '/models/net.h5',
  input_shape: null,
  image_indices: null,
  index_base: 0,
  validation_samples: '/images',
  validation_labels: '/labels.txt',
  label_offset: 0,
  label_names: null,
  calibration_samples: null,
  calibration_batch_size: 5,
  calibration_indices: null,
  calibrator: 'minmax',
  percentile: null,
  calibrator_bits: null,
  averaging_constant: null,
  preprocess: { resize: 'bilinear', crop_fraction: null, mode: 'tf' },
  tflite_file: null,
  seed: 1,
};

/** Writes a run as `qpann eval` leaves it. @returns its folder */
export function writeRun(folder: string, run: StoredRun): string {
  mkdirSync(folder, { recursive: true });
  const write = (file: string, content: string): void => writeFileSync(join(folder, file), content);
  const network = { ...run.network, label_names: run.network.label_names ?? join(folder, 'label_names.txt') };
  write('label_names.txt', run.labelNames.map((name) => `${name}\n`).join(''));
  write('network.json', JSON.stringify(network));
  write('recreation.json', JSON.stringify(run.recreation));
  write('results.json', JSON.stringify(run.results));
  write('predictions.csv', predictionsCsv(run.samples, run.labelNames));
  write('run.json', JSON.stringify({ schema: 'qpann.run/1', sha256: { model: run.model } }));
  return folder;
}
