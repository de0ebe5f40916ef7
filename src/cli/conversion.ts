import { availableParallelism } from 'node:os';
import { extname, resolve } from 'node:path';
import { inputError, tensorOf } from '../core/index.js';
import {
  arraySamples,
  type CalibrationOptions,
  type CalibrationSamples,
  type Conversion,
  type ConversionScheme,
  calibrationImages,
  calibratorOf,
  chosenImages,
  convertAsIs,
  convertFloat,
  convertQuantized,
  type ImportedModel,
  imageSamples,
  isQuantized,
  loadModel,
  loadNetworkConfig,
  type NetworkConfig,
} from '../eval/index.js';
import { conversionSummary } from '../report/index.js';
import { type PreprocessingArguments, preprocessingFrom } from './model-input.js';
import type { NumericsArguments } from './numerics-option.js';
import { startOutputFile } from './output-file.js';
import { type Progress, silent, startProgress } from './progress.js';
import { wholeNumber } from './whole-number.js';

/** Options of `qpann convert`. */
export interface ConvertArguments extends PreprocessingArguments, NumericsArguments {
  readonly model?: string;
  readonly output: string;
  readonly calibration?: string;
  readonly samples?: string;
  readonly int16Activations: boolean;
  readonly perTensor: boolean;
  readonly io?: ConversionScheme['io'];
  readonly processor: ConversionScheme['processor'];
  readonly skipBadImages: boolean;
  readonly workers?: string;
  readonly force: boolean;
}

/** Calibration images when nothing else is said, as in a network config. */
const DEFAULT_SAMPLES = 100;
const SEED = 1;

/** Carries out `qpann convert`: prints a summary, and writes the file. */
export async function runConversion(args: ConvertArguments): Promise<void> {
  const scheme = schemeOf(args);
  const network = args.network === undefined ? undefined : await loadNetworkConfig(args.network);
  const path = args.model ?? network?.model_file;
  if (path === undefined) throw inputError('name the model to convert, or give --network');
  if (resolve(path) === resolve(args.output))
    throw inputError(`-o ${args.output} is the model itself: choose another -o`);
  const samplesOf = await calibrationOf(args, network);
  const file = await startOutputFile(args.output, args.force);
  try {
    const inputShape = network?.input_shape ?? undefined;
    const model = await loadModel(path, { inputShape, numerics: args.numerics });
    if (samplesOf !== null && isQuantized(model.graph))
      throw inputError(`${path}: is quantized already; leave out the calibration to write it again`);
    const conversion = await convert(path, model, samplesOf && (await samplesOf(model)), scheme, {
      skipBadImages: args.skipBadImages,
      workers: workersOf(args),
      ...(network && { calibrator: calibratorOf(network) }),
    });
    for (const name of conversion.skipped)
      process.stderr.write(`qpann: calibration image left out: ${name}\n`);
    await file.complete(conversion.bytes);
    process.stdout.write(conversionSummary(conversion, args.output));
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** What the flags ask for. @throws QpannError for flags that contradict each other */
function schemeOf(args: ConvertArguments): ConversionScheme {
  const {
    int16Activations,
    perTensor,
    io,
    calibration,
    network,
    samples,
    workers,
    mode,
    resize,
    cropFraction,
  } = args;
  if (calibration === undefined && network === undefined) {
    const flags = {
      '--int16-activations': int16Activations,
      '--per-tensor': perTensor,
      '--io': io,
      '--samples': samples,
      '--workers': workers,
      '--mode': mode,
      '--resize': resize,
      '--crop-fraction': cropFraction,
    };
    const flag = Object.entries(flags).find(([, value]) => value !== undefined && value !== false)?.[0];
    if (flag !== undefined)
      throw inputError(`${flag} is for quantization, which needs --calibration or --network`);
  }
  countOf(args);
  workersOf(args);
  const allowed = int16Activations ? ['float32', 'int16'] : ['float32', 'int8', 'uint8'];
  const chosen = io ?? (int16Activations ? 'int16' : 'int8');
  if (!allowed.includes(chosen))
    throw inputError(
      `--io ${chosen} does not go with ${int16Activations ? '16' : '8'}-bit activations: choose ${allowed.join(' or ')}`,
    );
  return {
    activationBits: int16Activations ? 16 : 8,
    perChannel: !perTensor,
    io: chosen,
    processor: args.processor,
  };
}

/** The number of samples that is asked for. @throws QpannError if it is none */
function countOf({ samples }: ConvertArguments): number | undefined {
  const count = samples === undefined ? undefined : Number(samples);
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1))
    throw inputError(`--samples ${samples}: expected a whole number from 1`);
  return count;
}

/** The number of threads. @throws QpannError if it is none */
const workersOf = ({ workers }: ConvertArguments): number =>
  workers === undefined ? availableParallelism() : wholeNumber('workers', workers);

/** How to get calibration samples for a model, or null when there are none. @throws QpannError for a bad choice of options */
async function calibrationOf(
  args: ConvertArguments,
  network: NetworkConfig | undefined,
): Promise<((model: ImportedModel) => Promise<CalibrationSamples>) | null> {
  const { calibration } = args;
  const samples = countOf(args);
  const shapeOf = ({ graph }: ImportedModel) => tensorOf(graph, graph.inputs[0]!).shape;
  if (network !== undefined) {
    if (calibration !== undefined)
      throw inputError('--network says what to calibrate on: leave out --calibration');
    if (samples !== undefined && network.calibration_indices !== null)
      throw inputError('the network config lists calibration_indices: leave out --samples');
    const { paths } = await calibrationImages({
      ...network,
      calibration_batch_size: samples ?? network.calibration_batch_size,
    });
    const preprocessing = await preprocessingFrom(args, null);
    return async (model) => imageSamples(paths, shapeOf(model), preprocessing);
  }
  if (calibration === undefined) return null;
  const isArray = extname(calibration).toLowerCase() === '.npy';
  const preprocessing = await preprocessingFrom(args, isArray ? calibration : null);
  if (isArray) return (model) => arraySamples(calibration, shapeOf(model), samples);
  const images = await chosenImages(calibration, samples ?? DEFAULT_SAMPLES, SEED);
  return async (model) => imageSamples(images, shapeOf(model), preprocessing);
}

async function convert(
  path: string,
  model: ImportedModel,
  samples: CalibrationSamples | null,
  scheme: ConversionScheme,
  options: Pick<CalibrationOptions, 'skipBadImages' | 'workers' | 'calibrator'>,
): Promise<Conversion> {
  if (samples === null)
    return extname(path).toLowerCase() === '.tflite'
      ? convertAsIs(model)
      : convertFloat(model, scheme.processor);
  let progress: Progress = silent;
  try {
    return await convertQuantized(model, samples, scheme, {
      ...options,
      onCalibrated(done, total) {
        if (done === 0) progress = startProgress('Calibrating', total);
        else progress.update(done);
      },
    });
  } finally {
    progress.stop();
  }
}
