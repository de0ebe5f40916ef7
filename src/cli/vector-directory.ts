import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { elementCount, type Graph, inputError, type TensorData, tensorOf } from '../core/index.js';
import type { NpyArray, PreprocessOptions } from '../data/index.js';
import { compile } from '../engine/index.js';
import {
  chooseOperators,
  inputFor,
  isImageFile,
  loadIntegerModel,
  loadNetworkConfig,
  loadRecreationConfig,
  readInput,
} from '../eval/index.js';
import {
  captureVectors,
  estimatedBytes,
  type FileRecord,
  folderNames,
  type GoldenVector,
  type Origin,
  requantCard,
  type VectorFormat,
  vectorFiles,
  vectorsManifest,
} from '../export/index.js';
import { counted } from '../report/index.js';
import { type InputArguments, preprocessingOf } from './model-input.js';
import type { NumericsArguments } from './numerics-option.js';
import { type Progress, silent, startProgress } from './progress.js';
import { type RunDirectory, startRunDirectory } from './run-directory.js';

/** What `qpann vectors` is asked for. */
export interface VectorOptions extends InputArguments, NumericsArguments {
  readonly model: string;
  readonly out: string;
  readonly layers?: string;
  /** Which sample of an array, from 0. */
  readonly sample: number;
  readonly formats: readonly VectorFormat[];
  readonly recreation?: string;
  readonly force: boolean;
}

/** The file that tells a directory of vectors from any other. */
const MARKER = 'manifest.json';
/** From here on the size is said before anything is written. */
const LARGE_BYTES = 200e6;

/** Carries out `qpann vectors`. @throws QpannError for mistakes in the options or the files */
export async function writeVectors(options: VectorOptions): Promise<void> {
  const { out, layers, formats, force } = options;
  const directory = await startRunDirectory(out, MARKER, force);
  try {
    const graph = await loadGraph(options);
    const nodes = layers === undefined ? new Set(graph.nodes) : chooseOperators(graph, layers);
    const preprocessing = await preprocessingOf(imageOptions(options));
    const input = sampleOf(graph, await readInput(options.input, graph, preprocessing), options);
    const [model] = compile([graph]);
    const vectors = captureVectors(model!, [input], nodes);
    const bytes = estimatedBytes(vectors, formats);
    if (bytes > LARGE_BYTES)
      process.stderr.write(`qpann: writing about ${megabytes(bytes)}; --layers and --format choose less\n`);
    const records = await writeFiles(directory, vectors, formats, await originOf(options, preprocessing));
    await directory.complete();
    const total = records.reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(
      `${counted(vectors.length, 'operator')}, ${counted(records.length, 'file')}, ${megabytes(total)}\nWritten to ${directory.path}`,
    );
  } catch (error) {
    await directory.discard();
    throw error;
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function loadGraph({ model, network, recreation, numerics }: VectorOptions): Promise<Graph> {
  if (recreation !== undefined && network === undefined)
    throw inputError('--recreation needs --network, which says what to calibrate on');
  if (network === undefined) return loadIntegerModel(model, undefined, numerics);
  let progress: Progress = silent;
  const quantizing = {
    network: await loadNetworkConfig(network),
    workers: availableParallelism(),
    ...(recreation !== undefined && { recreation: (await loadRecreationConfig(recreation)).entries }),
    onCalibrated(done: number, total: number) {
      if (done === 0) progress = startProgress('Calibrating', total);
      else progress.update(done);
    },
  };
  try {
    return await loadIntegerModel(model, quantizing, numerics);
  } finally {
    progress.stop();
  }
}

/** The network config of a float network is there to quantize it, so it may also go with an array. */
function imageOptions({ network, ...options }: VectorOptions): InputArguments {
  return network !== undefined && isImageFile(options.input) ? { ...options, network } : options;
}

function sampleOf(graph: Graph, values: NpyArray, { input, sample }: VectorOptions): TensorData {
  const { shape, data } = inputFor(graph, values, input);
  if (sample >= shape[0]!)
    throw inputError(`--sample ${sample}: ${input} has ${counted(shape[0]!, 'sample')}, numbered from 0`);
  const size = elementCount(tensorOf(graph, graph.inputs[0]!).shape);
  return data.slice(sample * size, (sample + 1) * size);
}

/** File names and hashes of everything that decides the vectors; no folders, which differ from machine to machine. */
async function originOf(
  { model, input, sample, network, recreation }: VectorOptions,
  preprocessing: PreprocessOptions,
): Promise<Origin> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    qpann: version,
    model: await hashed(model),
    ...(network !== undefined && { network: await hashed(network) }),
    ...(recreation !== undefined && { recreation: await hashed(recreation) }),
    input: {
      ...(await hashed(input)),
      ...(isImageFile(input) ? { preprocess: preprocessEntry(preprocessing) } : { sample }),
    },
  };
}

const preprocessEntry = ({ resize, cropFraction, normalization }: PreprocessOptions) => ({
  resize,
  crop_fraction: cropFraction,
  ...normalization,
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const hashed = async (path: string) => ({ file: basename(path), sha256: sha256(await readFile(path)) });

async function writeFiles(
  directory: RunDirectory,
  vectors: readonly GoldenVector[],
  formats: readonly VectorFormat[],
  origin: Origin,
): Promise<FileRecord[]> {
  const records: FileRecord[] = [];
  const write = async (file: string, content: Uint8Array): Promise<FileRecord> => {
    await directory.write(file, content);
    const record = { file, bytes: content.length, sha256: sha256(content) };
    records.push(record);
    return record;
  };
  const folders = folderNames(vectors.map(({ node }) => node));
  const filesOf = new Map<GoldenVector, Map<string, FileRecord[]>>();
  for (const vector of vectors) {
    const byRole = new Map<string, FileRecord[]>();
    for (const { role, name, content } of vectorFiles(vector, formats, origin.model.file)) {
      const record = await write(`${folders.get(vector.node)}/${name}`, content);
      byRole.set(role, [...(byRole.get(role) ?? []), record]);
    }
    filesOf.set(vector, byRole);
  }
  const utf8 = new TextEncoder();
  const card = await write('requant.csv', utf8.encode(requantCard(vectors)));
  const manifest = vectorsManifest(origin, vectors, (vector) => filesOf.get(vector)!, [card]);
  await write(MARKER, utf8.encode(manifest));
  return records;
}
