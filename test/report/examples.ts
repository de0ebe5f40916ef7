import type { Accuracy, LayerRow, Results, SampleResult, TensorRow } from '../../src/eval/results.js';

/** Hits as an accuracy. */
export const accuracy = (correct1: number, correct5: number, samples: number): Accuracy => ({
  top1: correct1 / samples,
  top5: correct5 / samples,
  correct1,
  correct5,
});

/** The first image of the thesis's Appendix B; classes 0, 1 and 2 are laptop, gong and notebook. */
export const sample: SampleResult = {
  file: 'ILSVRC2012_val_00006899.JPEG',
  label: 2,
  predictions: {
    reference: { top: [2, 0, 1], confidence: 0.297965 },
    tflite: { top: [1, 2, 0], confidence: 0.234375 },
    recreated: { top: [0, 2, 1], confidence: 0.23589 },
  },
};

/** A replaced layer. */
export const tensorRow = (row: Partial<TensorRow>): TensorRow => ({
  index: 12,
  layer: 'block_1_depthwise',
  class: 'DepthwiseConv2D',
  tensor: 'block_1_depthwise_relu',
  replaced: true,
  shape: [56, 56, 96],
  sqnr_db: 17.454,
  aggregate_db: 16.9,
  delta_db: -11.204,
  identical: false,
  ...row,
});

const cost = {
  macs: 2000,
  bit_operations: 128000,
  weight_bytes: 18,
  bias_bytes: 8,
  requantization_bytes: 10,
  activation_bytes: 64,
  bytes_moved: 100,
};

/** A replaced layer with all that is known of it. */
export const layerRow = (row: Partial<LayerRow>): LayerRow => ({
  index: 12,
  layer: 'block_1_depthwise',
  class: 'DepthwiseConv2D',
  tensor: 'block_1_depthwise_relu',
  replaced: true,
  merged: [],
  shape: [1, 4, 4, 2],
  inputs: ['block_1_expand_relu'],
  settings: { weight_bits: 8, activation_bits: 8, rounding_div: true },
  quantization: {
    inputs: [{ tensor: 'block_1_expand_relu', scale: 0.5, zero_point: -128, bits: 8 }],
    weights: { bits: 8, axis: 3, scales: [0.25, 0.125], zero_points: [0, 0] },
    output: { scale: 0.0235, zero_point: -128, bits: 8 },
    multipliers: [1073741824, 1610612736],
    shifts: [-2, -3],
    clamp: [-128, 127],
  },
  range: { min: 0, max: 6 },
  histogram: { min: 0, max: 8, counts: [3, 0, 1, 0] },
  sqnr: {
    accumulated_db: 17.454,
    local_db: 40.5,
    local_aggregate_db: 38.25,
    harmonic_db: 20,
    worst_channel: { channel: 1, sqnr_db: 3.25 },
  },
  clip_rate: 0.25,
  dead_channels: [],
  accumulator: { min: -3000, max: 2000, bits: 13, worst_case_bits: 17 },
  cost,
  ...row,
});

/** A small run with every kind of row. */
export const results: Results = {
  schema: 'qpann.results/2',
  numerics: 'tflite-2.15',
  samples: 6900,
  calibration: { samples: 100, method: 'minmax', indices: [3, 1] },
  models: {
    reference: accuracy(4748, 6087, 6900),
    tflite: accuracy(4684, 6055, 6900),
    recreated: accuracy(4750, 6087, 6900),
  },
  agreement: { tflite_top1: 0.9123, recreated_top1: 1 },
  sqnr: {
    tflite: {
      output_db: 21.5,
      tensors: [tensorRow({ layer: 'Conv1', index: 1, class: 'Conv2D', tensor: 'relu', delta_db: null })],
    },
    recreated: {
      output_db: 9.123456,
      tensors: [
        tensorRow({ index: 0, layer: 'input', class: 'InputLayer', replaced: false, identical: true }),
        tensorRow({ index: 1, layer: 'Conv1', class: 'Conv2D', sqnr_db: 38.1, delta_db: null }),
        tensorRow({}),
        tensorRow({ index: 20, layer: 'add', class: 'Add', sqnr_db: 19, aggregate_db: 18, delta_db: 1.5 }),
        tensorRow({
          index: 21,
          layer: 'pad',
          class: 'ZeroPadding2D',
          sqnr_db: null,
          aggregate_db: null,
          delta_db: null,
          identical: true,
        }),
      ],
    },
  },
  layers: [
    layerRow({}),
    layerRow({
      index: 20,
      layer: '=add',
      class: 'Add',
      tensor: 'add',
      replaced: false,
      settings: null,
      quantization: null,
      range: null,
      histogram: null,
      sqnr: {
        accumulated_db: null,
        local_db: null,
        local_aggregate_db: null,
        harmonic_db: null,
        worst_channel: null,
      },
      clip_rate: null,
      accumulator: null,
      dead_channels: [0, 1],
    }),
  ],
  probe: { samples: 20, accumulator_samples: 2 },
  cost: { ...cost, macs: 4000, bit_operations: 256000, peak_activation_bytes: 128 },
  skipped: [],
};
