import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../core/index.js';
import type { CustomLayer } from '../../ops/index.js';
import type { RecreationEntry } from '../../quant/index.js';
import { layerIndices } from './indices.js';
import { importModule, isRecord, loadConfigFile } from './load-file.js';
import { integer, keys, renameKeys, shown, text, validate } from './validate.js';

/** An entry as a file holds it: plain data, the custom layer as the absolute path of its module. */
export type ResolvedEntry = Omit<RecreationEntry, 'custom'> & { readonly module?: string };

/** A recreation config (thesis 4.5 and appendix A). */
export interface RecreationConfig {
  /** What `recreate` takes. */
  readonly entries: readonly RecreationEntry[];
  /** The same to be written out as JSON; read back it gives the same config. */
  readonly resolved: readonly ResolvedEntry[];
}

const flag = z.boolean('true or false').exactOptional();
const merge = z.literal([true, false, 'auto'], 'true, false or auto').exactOptional();
const bits = integer(2, 16, 'an integer from 2 to 16').exactOptional();
const name = text('the name of a layer, or a glob');
const NAMES = 'a list of names of layers, or globs';

const entrySchema = keys({
  name: text('the class of a layer, for example conv2d').exactOptional(),
  indices: layerIndices.exactOptional(),
  layers: z.array(name, NAMES).min(1, NAMES).exactOptional(),
  all: flag,
  except: z.array(name, NAMES).exactOptional(),
  quantized: flag,
  merge_batch_norm: merge,
  merge_relu: merge,
  per_channel_quantization: flag,
  symmetric_weights: flag,
  rounding_div: flag,
  weight_bits: bits,
  activation_bits: bits,
  requantize: flag,
  relu_range: z.enum(['calibrated', 'fixed'], 'calibrated or fixed').exactOptional(),
  module: text('the path of an ES module').exactOptional(),
});

const ALIASES = { per_channel_quant: 'per_channel_quantization' };

/** Hyper-parameters of integer layers, which mean nothing for a custom layer. */
const INTEGER_KEYS = [
  'quantized',
  'per_channel_quantization',
  'symmetric_weights',
  'rounding_div',
  'weight_bits',
  'activation_bits',
  'requantize',
  'relu_range',
] as const;

/**
 * Loads a recreation config from a `.json`, `.yaml` or `.yml` file or an ES module: a list of entries, alone or as
 * `recreation_config`. The modules of custom layers are imported; relative paths to them start at the folder of the file.
 * @throws QpannError if a file cannot be read, parsed or imported, for an unknown key, for a value of the wrong kind, and for a
 *   module that exports no custom layer
 */
export async function loadRecreationConfig(path: string): Promise<RecreationConfig> {
  const values = await loadConfigFile(path, 'recreation_config');
  if (!Array.isArray(values)) throw inputError(`${path}: expected a list of entries, got ${shown(values)}`);
  const resolved = values.map((value, i) => resolveEntry(value, path, i));
  const entries: RecreationEntry[] = [];
  for (const [i, { module, ...entry }] of resolved.entries()) {
    const where = `${path}: entry ${i}: module ${module}`;
    entries.push(module === undefined ? entry : { ...entry, custom: await importCustomLayer(module, where) });
  }
  return { entries, resolved };
}

function resolveEntry(value: unknown, path: string, index: number): ResolvedEntry {
  const where = `${path}: entry ${index}`;
  const entry = validate(entrySchema, renameKeys(value, ALIASES, where), path, index);
  if (entry.module === undefined) return entry;
  const wrong = INTEGER_KEYS.find((key) => entry[key] !== undefined);
  if (wrong !== undefined)
    throw inputError(`${where}: ${wrong} means nothing for a custom layer; leave out ${wrong} or module`);
  return { ...entry, module: resolve(dirname(path), entry.module) };
}

/**
 * A hyper-parameter as a command line gives it, for example `weight_bits` and `4`.
 * @throws QpannError for an unknown key, and for a value of the wrong kind
 */
export function parseSetting(key: string, text: string, where: string): Partial<RecreationEntry> {
  const name = ALIASES[key as keyof typeof ALIASES] ?? key;
  const value = text === 'true' || text === 'false' ? text === 'true' : text;
  const number = /^\d+$/.test(text) ? Number(text) : value;
  return validate(entrySchema, { [name]: number }, where) as Partial<RecreationEntry>;
}

async function importCustomLayer(path: string, where: string): Promise<CustomLayer> {
  const module = await importModule(path, where);
  const layer = module.layer ?? module.default;
  if (layer === undefined) throw inputError(`${where}: exports neither layer nor default`);
  if (!isRecord(layer) || typeof layer.run !== 'function')
    throw inputError(`${where}: the custom layer has no function run`);
  if (layer.name !== undefined && typeof layer.name !== 'string')
    throw inputError(`${where}: the custom layer's name is ${shown(layer.name)}, not a text`);
  return layer as unknown as CustomLayer;
}
