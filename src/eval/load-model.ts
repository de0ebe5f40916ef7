import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { type Graph, inputError, type Layer, type NumericsProfile } from '../core/index.js';
import { importKeras, importTflite } from '../import/index.js';

/** A network as an importer gives it. */
export interface ImportedModel {
  readonly graph: Graph;
  /** The layers of a Keras model, or the operators of a TensorFlow Lite file. */
  readonly layers: readonly Layer[];
}

/** How a network is read. */
export interface LoadOptions {
  /** [height, width, channels], for Keras networks that leave them open. */
  readonly inputShape?: readonly number[] | undefined;
  /** Whose integer arithmetic a TensorFlow Lite network computes in; TensorFlow 2.15's when absent. */
  readonly numerics?: NumericsProfile | undefined;
}

/**
 * Reads a network from a Keras `.h5` or a TensorFlow Lite `.tflite` file.
 * @throws QpannError if the file is missing, damaged, of another format, or the network is not supported
 */
export async function loadModel(
  path: string,
  { inputShape, numerics }: LoadOptions = {},
): Promise<ImportedModel> {
  const bytes = await readBytes(path);
  if (extname(path).toLowerCase() !== '.tflite')
    return importKeras(bytes, basename(path), inputShape === undefined ? {} : { inputShape });
  const model = importTflite(bytes, basename(path), numerics === undefined ? {} : { numerics });
  const { shape } = model.graph.tensors.get(model.graph.inputs[0]!)!;
  if (inputShape !== undefined && String(shape.slice(1)) !== String(inputShape))
    throw inputError(
      `${path}: takes ${shape.slice(1).join('×')}, not the input_shape ${inputShape.join('×')}`,
    );
  return model;
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder, not a file' : String(code);
    throw inputError(`${path}: cannot read the model: ${reason}`, { cause });
  }
}
