import { readFile } from 'node:fs/promises';
import { dtypeOf, formatShape, type Graph, inputError, quantizedValues, tensorOf } from '../core/index.js';
import { decodeNpy, loadSample, type NpyArray, type PreprocessOptions } from '../data/index.js';

const IMAGE = /\.(png|jpe?g)$/i;

/** Whether a file is read as an image, by its extension; anything else is a `.npy` array. */
export const isImageFile = (path: string): boolean => IMAGE.test(path);

/**
 * Reads the input of a network: a `.npy` array with a leading batch dimension as it is, or one image, preprocessed.
 * @returns values of whatever type the file holds; `inputFor` fits them to a network
 * @throws QpannError if the file cannot be read or decoded, or the network takes no image
 */
export async function readInput(
  path: string,
  graph: Graph,
  preprocessing: PreprocessOptions,
): Promise<NpyArray> {
  if (isImageFile(path)) {
    const { shape } = tensorOf(graph, graph.inputs[0]!);
    return { shape, data: await loadSample(path, shape, preprocessing) };
  }
  const bytes = await readFile(path).catch((cause) => {
    throw inputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  });
  return decodeNpy(bytes, path);
}

/**
 * The input in the type that a network takes: real values are quantized with the parameters of its input.
 * @param file what to call the input in messages
 * @throws QpannError if the samples have another shape or a type that does not fit
 */
export function inputFor(graph: Graph, { shape, data }: NpyArray, file: string): NpyArray {
  const wanted = tensorOf(graph, graph.inputs[0]!);
  const sample = wanted.shape.slice(1);
  if (String(shape.slice(1)) !== String(sample) || !(shape[0]! > 0))
    throw inputError(`${file}: has shape ${formatShape(shape)}; the network needs N×${formatShape(sample)}`);
  if (dtypeOf(data) === wanted.dtype) return { shape, data };
  if (!(data instanceof Float32Array) || wanted.quantization === undefined)
    throw inputError(
      `${file}: holds ${dtypeOf(data)} values; the network needs ${wanted.dtype}${wanted.quantization ? ' or float32' : ''} values`,
    );
  if (data.some(Number.isNaN)) throw inputError(`${file}: holds NaN, which no integer stands for`);
  return { shape, data: quantizedValues(wanted, data) };
}
