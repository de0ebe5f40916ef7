import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Graph } from '../../src/core/index.js';
import { compile } from '../../src/engine/index.js';

const folder = fileURLToPath(new URL('../../fixtures/keras', import.meta.url));
const dataFolder = process.env.QPANN_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** What Keras says of a network: written by tools/oracle/keras_models.py. */
export interface Expected {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Name, class and number of weights of each layer in `model.layers`. */
  readonly layers: readonly (readonly [string, string, number])[];
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** Bytes of fixtures/keras/<name>.h5. */
export const fixture = (name: string): Uint8Array => readFileSync(join(folder, `${name}.h5`));

/** What Keras says of fixtures/keras/<name>.h5. */
export const expectation = (name: string): Expected =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** Names of the fixtures that can be imported, or of those that cannot. */
export const fixtureNames = (kind: 'good' | 'bad'): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.h5') && file.startsWith('bad-') === (kind === 'bad'))
    .map((file) => file.slice(0, -3))
    .sort();

/** Bytes of a real model, or null where the data is not at hand. */
export function realModel(name: string): Uint8Array | null {
  const path = join(dataFolder, 'models', name);
  return existsSync(path) ? readFileSync(path) : null;
}

/** The output of a graph with one input and one output. */
export function outputOf(graph: Graph, input: readonly number[]): Float32Array {
  const [model] = compile([graph]);
  return Float32Array.from(model!.run([Float32Array.from(input)])[0] as Float32Array);
}

/** Largest absolute difference. */
export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
    : Infinity;

type Json = Record<string, unknown>;

/** A layer as model_config lists it. */
export interface LayerEntry extends Json {
  name?: string;
  class_name: string;
  config: Json;
  inbound_nodes?: unknown;
}

/** The object in a model_config. */
export interface ModelConfig extends Json {
  class_name: string;
  config: Json & { layers: LayerEntry[] };
}

let copies = 0;

/** A fixture with another model_config: what `edit` returns, or the object that it changed. */
export async function withConfig(
  name: string,
  edit: (model: ModelConfig, layer: (layerName: string) => LayerEntry) => unknown,
): Promise<Uint8Array> {
  const library = await import('h5wasm');
  await library.ready;
  const { FS, File } = library;
  const path = `/test-${copies++}.h5`;
  FS!.writeFile(path, fixture(name));
  const file = new File(path, 'a');
  const model = JSON.parse(file.attrs.model_config!.value as string) as ModelConfig;
  const layer = (layerName: string): LayerEntry =>
    model.config.layers.find(({ config }) => config.name === layerName)!;
  const edited = edit(model, layer) ?? model;
  file.delete_attribute('model_config');
  file.create_attribute('model_config', typeof edited === 'string' ? edited : JSON.stringify(edited));
  file.close();
  const bytes = Uint8Array.from(FS!.readFile(path) as Uint8Array);
  FS!.unlink(path);
  return bytes;
}
