import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  allocate,
  elementCount,
  type Graph,
  QpannError,
  type Tensor,
  verifyGraph,
} from '../../../src/core/index.js';
import { exportTflite } from '../../../src/export/index.js';
import { importTflite } from '../../../src/import/index.js';
import { OPS, type OpName } from '../../../src/ops/index.js';
import { type GoldenCase, goldenCases, graphOf, write } from '../../ops/golden.js';
import { hdf5Sites } from './hdf5-sites.js';
import { jsonSpans } from './json-spans.js';
import { type Source, sourceOf } from './mutate.js';
import { tfliteSites } from './tflite-sites.js';

const FIXTURES = fileURLToPath(new URL('../../../fixtures', import.meta.url));
const filesIn = (folder: string, extension: string): string[] =>
  readdirSync(`${FIXTURES}/${folder}`)
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => `${folder}/${file}`);

/**
 * Every shipped `.tflite` and `.h5` file, and `.tflite` files of one operator each.
 * @param cases golden cases of each operator that become such files
 */
export function mutationSources(cases: number): Source[] {
  const tflite = filesIn('tflite', '.tflite').map((file) =>
    tfliteSource(file, readFileSync(`${FIXTURES}/${file}`)),
  );
  const keras = [...filesIn('keras', '.h5'), ...filesIn('demo', '.h5')].map((file) => {
    const bytes = readFileSync(`${FIXTURES}/${file}`);
    return sourceOf(file, bytes, hdf5Sites(bytes), jsonSpans(bytes));
  });
  return [...tflite, ...keras, ...(Object.keys(OPS) as OpName[]).flatMap((op) => operatorSources(op, cases))];
}

const tfliteSource = (name: string, bytes: Uint8Array): Source => sourceOf(name, bytes, tfliteSites(bytes));

function operatorSources(op: OpName, count: number): Source[] {
  const cases = goldenCases(op).filter(({ numerics }) => numerics === undefined);
  const step = Math.max(1, cases.length / count);
  const chosen = cases.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  return chosen.flatMap((goldenCase) => {
    try {
      const bytes = fileOf(graphOf(op, goldenCase), goldenCase);
      return [tfliteSource(`${op}, ${goldenCase.name}.tflite`, bytes)];
    } catch (error) {
      // A few cases have no graph of one node, or no form in a file.
      if (error instanceof QpannError) return [];
      throw error;
    }
  });
}

/** A file that computes the case: on its first input where that has batch size 1, else on constants alone. */
function fileOf(graph: Graph, { inputs }: GoldenCase): Uint8Array {
  const constants = graph.inputs.map((name, i): Tensor => {
    const tensor = graph.tensors.get(name)!;
    return { ...tensor, data: write(allocate(tensor.dtype, elementCount(tensor.shape)), inputs[i]!.data) };
  });
  const withInput = (input: Tensor, others: readonly Tensor[]): Uint8Array => {
    const tensors = new Map(graph.tensors);
    for (const tensor of [input, ...others]) tensors.set(tensor.name, tensor);
    return exportTflite(verifyGraph({ ...graph, tensors, inputs: [input.name] }));
  };
  const live = withInput(graph.tensors.get(graph.inputs[0]!)!, constants.slice(1));
  try {
    importTflite(live, 'live.tflite');
    return live;
  } catch (error) {
    if (!(error instanceof QpannError)) throw error;
    return withInput({ name: 'unused', shape: [1], dtype: 'float32' }, constants);
  }
}
