import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Machine } from '../../cost/index.js';
import { loadConfigFile } from './load-file.js';
import { integer, keys, text, validate } from './validate.js';

/** Names of the machine files that QPANN brings along, in `machines/`. */
export const SHIPPED_MACHINES: readonly string[] = ['cortex-m55', 'ethos-u55-128', 'precision-scalable-64'];

const POSITIVE = 'a finite number above 0';
const positive = z.number(POSITIVE).gt(0, POSITIVE);
const bits = integer(2, 64, 'a number of bits from 2 to 64');
const RATES = 'a list of {weight_bits, activation_bits, macs_per_cycle}, one of them for float: 32 and 32';

const machineSchema = keys({
  name: text('the name of the machine'),
  clock_hz: positive,
  macs: z
    .array(keys({ weight_bits: bits, activation_bits: bits, macs_per_cycle: positive }), RATES)
    .refine((rates) => rates.some((rate) => rate.weight_bits >= 32 && rate.activation_bits >= 32), RATES),
  bandwidth: keys({ weights: positive, activations: positive }),
  assumptions: z.array(text('a sentence'), 'a list of sentences').default([]),
});

/**
 * Loads a machine file (JSON, YAML or an ES module), or one that QPANN brings along by its name, such as `ethos-u55-128`.
 * @throws QpannError if it cannot be read or parsed, for an unknown or missing key, and for a value of the wrong kind
 */
export async function loadMachine(path: string): Promise<Machine> {
  const file = SHIPPED_MACHINES.includes(path)
    ? fileURLToPath(new URL(`../../../machines/${path}.json`, import.meta.url))
    : path;
  return validate(machineSchema, await loadConfigFile(file, 'machine'), path);
}
