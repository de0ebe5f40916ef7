import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  allocate,
  type DType,
  elementCount,
  type Graph,
  type TensorData,
  tensorOf,
  viewOf,
} from '../../src/core/index.js';
import { compile } from '../../src/engine/index.js';
import { readModel } from '../../src/import/tflite/schema.js';
import { fileTensors } from '../../src/import/tflite/tensors.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'fixtures/tflite');
const models = resolve(root, process.env.QPANN_DATA ?? '../shared/data', 'models');

/** Values of one tensor, in base64. */
export interface Packed {
  readonly dtype: DType;
  readonly values: string;
}

/** What TensorFlow Lite's reference kernels say of a network: written by tools/oracle/tflite_networks.py. */
export interface Expected {
  readonly input: Packed;
  /** What each operator writes: its first output, and the others if it has more. */
  readonly operators: readonly (Packed & { readonly others?: readonly Packed[] })[];
}

/** Names of the fixtures. */
export const fixtureNames = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.tflite'))
    .map((file) => file.slice(0, -'.tflite'.length))
    .sort();

/** Bytes of fixtures/tflite/<name>.tflite. */
export const fixture = (name: string): Uint8Array => readFileSync(join(folder, `${name}.tflite`));

/** What TensorFlow Lite says of fixtures/tflite/<name>.tflite. */
export const expectation = (name: string): Expected =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** One tensor that an operator of a fixture writes. */
export interface WrittenTensor {
  /** Operator index. */
  readonly index: number;
  /** Name in the graph. */
  readonly tensor: string;
  readonly expected: TensorData;
  /** The operator and which of its outputs it is, for messages. */
  readonly where: string;
}

/** Every tensor that operators of a fixture write, in the order of the file, as TensorFlow says in the JSON file `answers`. */
export function writtenTensors(name: string, answers = name): WrittenTensor[] {
  const file = readModel(fixture(name), `${name}.tflite`);
  const { nameOf } = fileTensors(file);
  const { operators } = expectation(answers);
  return file.operators.flatMap(({ index, name: className, outputs }) => {
    const { others = [], ...first } = operators[index]!;
    const packed = [first, ...others];
    if (packed.length !== outputs.length) throw new Error(`${name}: operator ${index} lacks outputs`);
    return outputs.map((output, i) => ({
      index,
      tensor: nameOf(output),
      expected: unpacked(packed[i]!),
      where: `${index} ${className}, output ${i}`,
    }));
  });
}

/** Bytes of a real model, or null where the data is not at hand. */
export function realModel(name: string): Uint8Array | null {
  const path = join(models, name);
  return existsSync(path) ? readFileSync(path) : null;
}

/** The values of a packed tensor. */
export function unpacked({ dtype, values }: Packed): TensorData {
  const { buffer } = Uint8Array.from(Buffer.from(values, 'base64'));
  return viewOf(dtype, buffer, 0, buffer.byteLength / viewOf(dtype, buffer, 0, 0).BYTES_PER_ELEMENT);
}

/** Runs a graph once. @returns every tensor that a node writes, by name. */
export function runGraph(graph: Graph, input: TensorData): ReadonlyMap<string, TensorData> {
  const [model] = compile([graph]);
  const written = new Map<string, TensorData>();
  model!.run([input], { tap: ({ name }, data) => written.set(name, data.slice() as TensorData) });
  return written;
}

/** The input of `random_input` in tools/oracle/tflite_networks.py, for a network of 8-bit integers. */
export function randomInput(graph: Graph, seed: number): TensorData {
  const { shape, dtype } = tensorOf(graph, graph.inputs[0]!);
  const values = allocate(dtype, elementCount(shape)) as Int8Array;
  let state = seed;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state >>> 24) - 128;
  }
  return values;
}

/** SHA-256 over tensors, one after the other. */
export function checksum(tensors: Iterable<TensorData>): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of tensors)
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
