import { z } from 'zod';

/** The form of `results.json` that is read. */
export const RESULTS_SCHEMA = 'qpann.results/2';

const number = z.number('a number');
const decibel = z.number('a number or null').nullable();
const text = z.string('a text');
const numbers = z.array(number, 'a list of numbers');
const flag = z.boolean('true or false');
const shape = z.array(z.int('an integer').nonnegative('a size'), 'a shape');
const object = <Shape extends z.core.$ZodLooseShape>(entries: Shape) => z.object(entries, 'an object');
const list = <Item extends z.ZodType>(item: Item) => z.array(item, 'a list');

const accuracy = object({ top1: number, top5: number, correct1: number, correct5: number });

const tensorRow = object({
  index: z.int('an integer'),
  layer: text,
  class: text,
  tensor: text,
  replaced: flag,
  shape,
  sqnr_db: decibel,
  aggregate_db: decibel,
  delta_db: decibel,
  identical: flag,
});

const sqnr = object({ output_db: decibel, tensors: list(tensorRow) });

const affine = { scale: number, zero_point: number, bits: number };

const quantization = object({
  inputs: list(object({ tensor: text, ...affine })),
  weights: object({
    bits: number,
    axis: number.nullable(),
    scales: numbers,
    zero_points: numbers,
  }).nullable(),
  output: object(affine),
  multipliers: numbers,
  shifts: numbers,
  clamp: z.tuple([number, number], 'two numbers'),
});

const costEntries = {
  macs: number,
  bit_operations: number,
  weight_bytes: number,
  bias_bytes: number,
  requantization_bytes: number,
  activation_bytes: number,
  bytes_moved: number,
  cycles: number.exactOptional(),
};

const layerRow = object({
  index: z.int('an integer'),
  layer: text,
  class: text,
  tensor: text,
  replaced: flag,
  merged: list(text),
  shape,
  inputs: list(text),
  settings: z.record(z.string(), z.unknown(), 'an object').nullable(),
  quantization: quantization.nullable(),
  range: object({ min: number, max: number }).nullable(),
  histogram: object({ min: number, max: number, counts: numbers }).nullable(),
  sqnr: object({
    accumulated_db: decibel,
    local_db: decibel,
    harmonic_db: decibel,
    worst_channel: object({ channel: number, sqnr_db: number }).nullable(),
  }),
  clip_rate: decibel,
  dead_channels: numbers,
  accumulator: object({ min: number, max: number, bits: number, worst_case_bits: number }).nullable(),
  cost: object(costEntries),
});

/** What is read of `results.json`. */
export const resultsSchema = object({
  schema: z.literal(RESULTS_SCHEMA, RESULTS_SCHEMA),
  numerics: text,
  samples: z.int('an integer').positive('a number of images'),
  calibration: object({ samples: number, method: text }),
  models: object({ reference: accuracy, tflite: accuracy, recreated: accuracy }),
  agreement: object({ tflite_top1: number, recreated_top1: number }),
  sqnr: object({ tflite: sqnr, recreated: sqnr }),
  layers: list(layerRow),
  probe: object({ samples: number, accumulator_samples: number }),
  cost: object({ ...costEntries, peak_activation_bytes: number }),
  machine: object({ name: text, assumptions: list(text) }).exactOptional(),
  skipped: list(text),
});

/** `results.json` as it is read back. */
export type StoredResults = z.infer<typeof resultsSchema>;
export type StoredLayer = StoredResults['layers'][number];
export type StoredTensor = StoredResults['sqnr']['recreated']['tensors'][number];
