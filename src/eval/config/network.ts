import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../core/index.js';
import type { ImageIndices, PreprocessOptions } from '../../data/index.js';
import { CALIBRATORS, type Calibrator, type CalibratorName } from '../../quant/index.js';
import { imageIndices } from './indices.js';
import { loadConfigFile } from './load-file.js';
import { integer, keys, renameKeys, text, validate } from './validate.js';

/** How images become the network's input, in the spelling of the file. */
export type PreprocessConfig = {
  readonly resize: PreprocessOptions['resize'];
  readonly crop_fraction: number | null;
} & (
  | { readonly mode: 'tf' | 'torch' | 'caffe' | 'none' }
  | { readonly mean: readonly number[]; readonly std: readonly number[]; readonly scale: number }
);

/**
 * A network config (thesis 4.5 and appendix A) with every default filled in and absolute paths. Written out as JSON and read
 * back it is the same.
 */
export interface NetworkConfig {
  readonly model_file: string;
  /** Height, width and channels; null for those of the model file. */
  readonly input_shape: readonly [number, number, number] | null;
  /** Images to validate on, counted from `index_base`; null for all. */
  readonly image_indices: ImageIndices | null;
  readonly index_base: 0 | 1;
  readonly validation_samples: string;
  readonly validation_labels: string;
  readonly label_offset: number;
  readonly label_names: string | null;
  readonly calibration_samples: string | null;
  readonly calibration_batch_size: number;
  /** Images to calibrate on, instead of a random choice. */
  readonly calibration_indices: ImageIndices | null;
  readonly calibrator: CalibratorName;
  /** Parameters of calibrators; null for those that the chosen one does not take. */
  readonly percentile: number | null;
  readonly calibrator_bits: number | null;
  readonly averaging_constant: number | null;
  readonly preprocess: PreprocessConfig;
  /** A foreign TensorFlow Lite model to use instead of QPANN's own. */
  readonly tflite_file: string | null;
  readonly seed: number;
}

const SHAPE = 'three sizes [height, width, channels]';
const size = integer(1, 2 ** 31 - 1, 'an integer from 1');
const FRACTION = 'a number above 0 and up to 1, or null';
const NUMBERS = 'a number, or a list of one number per channel';
const DIVISORS = `${NUMBERS}, none of them 0`;
const perChannel = (accepts: (value: unknown) => boolean, expected: string) =>
  z.custom<number | readonly number[]>(
    (value) => (Array.isArray(value) ? value.length > 0 && value.every(accepts) : accepts(value)),
    expected,
  );
const file = (what: string) => text(`the path of ${what}`);

const preprocessSchema = keys({
  resize: z.enum(['bilinear', 'nearest', 'bicubic'], 'bilinear, nearest or bicubic').default('bilinear'),
  crop_fraction: z.number(FRACTION).gt(0, FRACTION).max(1, FRACTION).nullable().default(null),
  mode: z.enum(['tf', 'torch', 'caffe', 'none'], 'tf, torch, caffe or none').optional(),
  mean: perChannel(Number.isFinite, NUMBERS).optional(),
  std: perChannel((value) => Number.isFinite(value) && value !== 0, DIVISORS).optional(),
  scale: z.number('a number').optional(),
});

const CALIBRATOR_NAMES = Object.keys(CALIBRATORS) as CalibratorName[];
const PERCENTILE = 'a number above 50 and up to 100';
const AVERAGING = 'a number above 0 and up to 1';

const networkSchema = keys({
  model_file: file('a model'),
  input_shape: z.tuple([size, size, size], SHAPE).nullish(),
  image_indices: imageIndices.nullish(),
  index_base: z.literal([0, 1], '0 or 1').default(0),
  validation_samples: file('a folder of images'),
  validation_labels: file('a file of labels'),
  label_offset: z.int('an integer').default(0),
  label_names: file('a file of names').nullish(),
  calibration_samples: file('a folder of images').nullish(),
  calibration_batch_size: integer(1, Number.MAX_SAFE_INTEGER, 'an integer from 1').default(100),
  calibration_indices: imageIndices.nullish(),
  calibrator: z.enum(CALIBRATOR_NAMES, `one of ${CALIBRATOR_NAMES.join(', ')}`).default('minmax'),
  percentile: z.number(PERCENTILE).gt(50, PERCENTILE).max(100, PERCENTILE).nullish(),
  calibrator_bits: integer(2, 12, 'a number of bits from 2 to 12').nullish(),
  averaging_constant: z.number(AVERAGING).gt(0, AVERAGING).max(1, AVERAGING).nullish(),
  preprocess: preprocessSchema.prefault({}),
  tflite_file: file('a .tflite file').nullish(),
  seed: integer(0, 2 ** 32 - 1, 'an integer from 0 to 4294967295').default(1),
});

const ALIASES = { 'calibration batch size': 'calibration_batch_size' };

/**
 * Loads a network config from a `.json`, `.yaml` or `.yml` file or an ES module; relative paths in it start at its folder.
 * @throws QpannError if the file cannot be read or parsed, for an unknown or missing key, and for a value of the wrong kind
 */
export async function loadNetworkConfig(path: string): Promise<NetworkConfig> {
  const value = renameKeys(await loadConfigFile(path, 'network_config'), ALIASES, path);
  const config = validate(networkSchema, value, path);
  const absolute = (relative: string): string => resolve(dirname(path), relative);
  const absoluteOrNull = (relative: string | null | undefined) => (relative ? absolute(relative) : null);
  return {
    model_file: absolute(config.model_file),
    input_shape: config.input_shape ?? null,
    image_indices: config.image_indices ?? null,
    index_base: config.index_base,
    validation_samples: absolute(config.validation_samples),
    validation_labels: absolute(config.validation_labels),
    label_offset: config.label_offset,
    label_names: absoluteOrNull(config.label_names),
    calibration_samples: absoluteOrNull(config.calibration_samples),
    calibration_batch_size: config.calibration_batch_size,
    calibration_indices: config.calibration_indices ?? null,
    ...resolveCalibrator(config, path),
    preprocess: resolvePreprocess(config.preprocess, config.input_shape?.[2], path),
    tflite_file: absoluteOrNull(config.tflite_file),
    seed: config.seed,
  };
}

/** The choices of a network config that `src/data` takes. */
export function preprocessOptions({ preprocess }: NetworkConfig): PreprocessOptions {
  const { resize: filter, crop_fraction: cropFraction, ...normalization } = preprocess;
  return { resize: filter, cropFraction, normalization };
}

type CalibratorKey = 'calibrator' | (typeof PARAMETERS)[number];
const PARAMETERS = ['percentile', 'calibrator_bits', 'averaging_constant'] as const;

/** What each calibrator is called with, in the spelling of a network config. */
function parametersOf(calibrator: Calibrator): Partial<Record<(typeof PARAMETERS)[number], number>> {
  switch (calibrator.method) {
    case 'minmax':
      return {};
    case 'percentile':
      return { percentile: calibrator.percentile };
    case 'mse':
    case 'entropy':
      return { calibrator_bits: calibrator.bits };
    case 'moving_average':
      return { averaging_constant: calibrator.averagingConstant };
  }
}

function resolveCalibrator(config: z.output<typeof networkSchema>, path: string) {
  const { calibrator } = config;
  const defaults = parametersOf(CALIBRATORS[calibrator]);
  const values = PARAMETERS.map((key) => {
    const given = config[key] ?? null;
    if (given !== null && defaults[key] === undefined)
      throw inputError(`${path}: ${key}: the calibrator ${calibrator} does not take it`);
    return [key, given ?? defaults[key] ?? null] as const;
  });
  return {
    calibrator,
    ...(Object.fromEntries(values) as Record<(typeof PARAMETERS)[number], number | null>),
  };
}

/** Parameters of a network config's calibrator, without those that it does not take. */
export const calibratorParameters = (config: Pick<NetworkConfig, CalibratorKey>) =>
  parametersOf(calibratorOf(config));

/** How a network config calibrates. */
export function calibratorOf(config: Pick<NetworkConfig, CalibratorKey>): Calibrator {
  switch (config.calibrator) {
    case 'minmax':
      return CALIBRATORS.minmax;
    case 'percentile':
      return { method: 'percentile', percentile: config.percentile! };
    case 'mse':
    case 'entropy':
      return { method: config.calibrator, bits: config.calibrator_bits! };
    case 'moving_average':
      return { method: 'moving_average', averagingConstant: config.averaging_constant! };
  }
}

function resolvePreprocess(
  { resize: filter, crop_fraction, mode, mean, std, scale }: z.output<typeof preprocessSchema>,
  inputChannels: number | undefined,
  path: string,
): PreprocessConfig {
  const explicit = Object.entries({ mean, std, scale }).find(([, value]) => value !== undefined)?.[0];
  if (explicit === undefined) return { resize: filter, crop_fraction, mode: mode ?? 'tf' };
  if (mode !== undefined)
    throw inputError(
      `${path}: preprocess: give either mode or mean, std and scale; mode and ${explicit} are given`,
    );

  const lists = [mean, std].filter((value) => Array.isArray(value));
  const channels = inputChannels ?? lists[0]?.length;
  if (channels === undefined)
    throw inputError(
      `${path}: preprocess.${explicit}: how many channels? Give input_shape, or mean or std as a list with one number per channel`,
    );
  const expand = (key: string, value: number | readonly number[]): readonly number[] => {
    if (typeof value === 'number') return Array.from({ length: channels }, () => value);
    if (value.length === channels) return value;
    throw inputError(
      `${path}: preprocess.${key}: expected ${channels} numbers, one per channel, got ${value.length}`,
    );
  };
  return {
    resize: filter,
    crop_fraction,
    mean: expand('mean', mean ?? 0),
    std: expand('std', std ?? 1),
    scale: scale ?? 1,
  };
}
