import {
  allocate,
  elementCount,
  type Graph,
  QpannError,
  type TensorData,
  tensorOf,
} from '../../../src/core/index.js';
import { compile } from '../../../src/engine/index.js';
import { importKeras, importTflite } from '../../../src/import/index.js';
import { macsOf } from '../../../src/ops/index.js';
import { randomOf } from './random.js';

/** What became of a file. */
export type Outcome =
  | { readonly kind: 'refused'; readonly message: string }
  /** Too large to run here. */
  | { readonly kind: 'imported' }
  | Ran;

/** A network that ran. */
export interface Ran {
  readonly kind: 'ran';
  readonly input: TensorData;
  readonly output: TensorData;
}

/** Most of the processor's time that anything may take, in milliseconds. */
const MOST_MS = 1000;
/** Most memory of the whole process, in bytes. */
const MOST_BYTES = 1e9;
const MOST_MACS = 1e6;
const MOST_ELEMENTS = 1e6;

/**
 * Imports a file and runs the network if it is small.
 * @throws Error that says how that went wrong: another exception than one line of QPANN's, too long, too much memory
 */
export async function outcomeOf(name: string, bytes: Uint8Array): Promise<Outcome> {
  const start = processorMs();
  const outcome = await attempt(name, bytes);
  const took = processorMs() - start;
  if (took > MOST_MS) throw new Error(`took ${Math.round(took)} ms (${outcome.kind})`);
  const peak = process.resourceUsage().maxRSS * 1024;
  if (peak > MOST_BYTES) throw new Error(`took ${Math.round(peak / 1e6)} MB of memory (${outcome.kind})`);
  return outcome;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function attempt(name: string, bytes: Uint8Array): Promise<Outcome> {
  const file = name.endsWith('.h5') ? 'net.h5' : 'net.tflite';
  let graph: Graph;
  try {
    graph = (file === 'net.h5' ? await importKeras(bytes, file) : importTflite(bytes, file)).graph;
  } catch (error) {
    return { kind: 'refused', message: oneLine(error, file) };
  }
  if (!isSmall(graph)) return { kind: 'imported' };
  const [model] = compile([graph]);
  const input = inputOf(graph);
  try {
    const [output] = model!.run([input]);
    return { kind: 'ran', input, output: output!.slice() as TensorData };
  } catch (error) {
    // Some operators refuse values, such as the root of a negative number.
    if (error instanceof QpannError) return { kind: 'refused', message: error.message };
    throw error;
  }
}

/** The message of a refusal. @throws the error itself, or one about its message, if it is none */
function oneLine(error: unknown, file: string): string {
  if (!(error instanceof QpannError)) throw error;
  const { message, kind } = error;
  if (kind !== 'input' || !message.startsWith(`${file}: `) || message.includes('\n') || message.length > 2000)
    throw new Error(`is refused by a message of ${message.length} characters: ${message.slice(0, 300)}`);
  return message;
}

function isSmall(graph: Graph): boolean {
  const elements = [...graph.tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const macs = graph.nodes.reduce((sum, node) => sum + macsOf(graph, node), 0);
  return elements <= MOST_ELEMENTS && macs <= MOST_MACS;
}

/** Numbers for the network's input, always the same for the same type and size. */
function inputOf(graph: Graph): TensorData {
  const { shape, dtype } = tensorOf(graph, graph.inputs[0]!);
  const values = allocate(dtype, elementCount(shape));
  const random = randomOf(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = random.below(256) - (dtype === 'uint8' ? 0 : 128);
    if (values instanceof BigInt64Array) values[i] = BigInt(value);
    else values[i] = dtype === 'float32' ? value / 64 : value;
  }
  return values;
}
