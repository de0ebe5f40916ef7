import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { inputError } from '../core/index.js';
import { importKeras, type KerasModel } from '../import/keras/index.js';

/**
 * Reads a network from a file.
 * @param inputShape [height, width, channels], for networks that leave them open
 * @throws QpannError if the file is missing, damaged, of another format, or the network is not supported
 */
export async function loadModel(path: string, inputShape?: readonly number[]): Promise<KerasModel> {
  const extension = extname(path).toLowerCase();
  if (extension === '.tflite')
    throw inputError(`${path}: TensorFlow Lite files cannot be read yet; give the Keras .h5 file`);
  const bytes = await readBytes(path);
  return importKeras(bytes, basename(path), inputShape === undefined ? {} : { inputShape });
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
