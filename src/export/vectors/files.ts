import { bytesPerElement } from '../../core/index.js';
import { encodeNpy } from '../../formats/npy.js';
import { cHeader } from './c-header.js';
import type { GoldenVector } from './capture.js';
import { encodeHex } from './hex.js';

/** A form in which vectors are written. */
export type VectorFormat = 'npy' | 'hex' | 'c';

/** One file of a golden vector. */
export interface VectorFile {
  /** The array that it holds; `''` for a file about the whole operator. */
  readonly role: string;
  readonly name: string;
  readonly content: Uint8Array;
}

/** The files of one operator, made one after the other. @param model file name of the model, for comments */
export function* vectorFiles(
  vector: GoldenVector,
  formats: readonly VectorFormat[],
  model: string,
): Generator<VectorFile> {
  for (const array of vector.arrays) {
    const { role, data } = array;
    if (formats.includes('npy')) yield { role, name: `${role}.npy`, content: encodeNpy(array) };
    if (formats.includes('hex')) yield { role, name: `${role}.hex`, content: encodeHex(data) };
  }
  if (formats.includes('c'))
    yield { role: '', name: 'vector.h', content: new TextEncoder().encode(cHeader(vector, model)) };
}

/** Characters that a value takes in a header, about. */
const C_CHARACTERS = { float32: 20, int8: 5, uint8: 5, int16: 7, int32: 9, int64: 20 } as const;

/** Bytes of all files of some vectors, about. */
export const estimatedBytes = (vectors: readonly GoldenVector[], formats: readonly VectorFormat[]): number =>
  vectors
    .flatMap(({ arrays }) => arrays)
    .reduce((sum, { dtype, data }) => {
      const width = bytesPerElement(dtype);
      const perElement = { npy: width, hex: 2 * width + 1, c: C_CHARACTERS[dtype] };
      return sum + formats.reduce((bytes, format) => bytes + data.length * perElement[format], 0);
    }, 0);
