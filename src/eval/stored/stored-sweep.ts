import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../core/index.js';
import { isRecord } from '../config/load-file.js';
import { loadNetworkConfig } from '../config/network.js';
import { validate } from '../config/validate.js';

/** The file that tells the directory of a sweep. */
export const SWEEP = 'sweep.json';
const SCHEMA = 'qpann.sweep/1';

const number = z.number('a number');
const decibel = z.number('a number or null').nullable();
const text = z.string('a text');
const list = <Item extends z.ZodType>(item: Item) => z.array(item, 'a list');

const configuration = z.object(
  {
    id: text,
    label: text,
    calibrator: text,
    top1: number,
    top5: number,
    agreement: number,
    output_sqnr_db: decibel,
    worst_sqnr_db: decibel,
    cost: z.object(
      { bit_operations: number, weight_bytes: number, cycles: number.exactOptional() },
      'an object',
    ),
  },
  'an object',
);

const sensitivity = z.object(
  {
    index: z.int('an integer'),
    layer: text,
    class: text,
    alone_quantized_db: decibel,
    alone_float_db: decibel,
  },
  'an object',
);

const sweepSchema = z.object(
  {
    schema: z.literal(SCHEMA, SCHEMA),
    numerics: text,
    samples: z.int('an integer').positive('a number of images'),
    metric: z.enum(['sqnr', 'top1', 'agreement'], 'sqnr, top1 or agreement'),
    cost: z.enum(['bitops', 'bytes', 'cycles'], 'bitops, bytes or cycles').default('bitops'),
    reference: z.object({ top1: number, top5: number }, 'an object'),
    configurations: list(configuration),
    sensitivity: list(sensitivity),
    spearman: z.object({ rho: decibel, n: number }, 'an object'),
    pareto: list(text),
  },
  'an object',
);

/** `sweep.json` as it is read back. */
export type StoredSweep = z.infer<typeof sweepSchema> & {
  /** File of the network; null where the directory does not say. */
  readonly network: string | null;
};
export type StoredConfiguration = StoredSweep['configurations'][number];

/** Whether a directory is that of a sweep. */
export const isSweep = (folder: string): boolean => existsSync(join(folder, SWEEP));

/**
 * Reads the directory of a sweep.
 * @throws QpannError if it is damaged or of another version: which, and what to do
 */
export async function readSweep(folder: string): Promise<StoredSweep> {
  const path = join(folder, SWEEP);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw inputError(`${path}: cannot be read as JSON: repeat the sweep`, { cause });
  }
  const schema = isRecord(value) ? value.schema : undefined;
  if (typeof schema === 'string' && /^qpann\.sweep\/\d{1,4}$/.test(schema) && schema !== SCHEMA)
    throw inputError(`${path} is of version ${schema}, and this QPANN reads ${SCHEMA}: repeat the sweep`);
  const config = join(folder, 'network.json');
  const network = existsSync(config) ? basename((await loadNetworkConfig(config)).model_file) : null;
  return { ...validate(sweepSchema, value, path), network };
}
