import type { Graph, Tensor, TensorData } from '../../src/core/index.js';
import { buildProgram, compile, openPlace, withoutWeights } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { dataInputsOf } from '../../src/ops/index.js';
import { assert } from '../harness.js';

const kernels = loadKernels();

/** A graph whose inputs are all constants but the data inputs of its one node: fast kernels want their weights like that. */
export function withConstants(graph: Graph, inputs: readonly TensorData[]): Graph {
  const [node] = graph.nodes;
  const data = new Set(dataInputsOf(node!.op, node!.inputs));
  const tensors = new Map<string, Tensor>(graph.tensors);
  graph.inputs.forEach((name, i) => {
    if (!data.has(name)) tensors.set(name, { ...tensors.get(name)!, data: inputs[i]! });
  });
  return { ...graph, tensors, inputs: graph.inputs.filter((name) => data.has(name)) };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength).slice();

/** All NaN are one: their sign and payload are the machine's choice. */
function canonical(data: TensorData): Uint8Array {
  if (!(data instanceof Float32Array)) return bytesOf(data);
  return bytesOf(data.map((value) => (Number.isNaN(value) ? NaN : value)));
}

/**
 * Runs a graph of one node by its fast and by its reference kernel: the bits must be equal, and so must those of a second run, of
 * a traced one, and of another thread's.
 * @param inputs values of the graph's inputs
 * @returns the name of the fast kernel, or undefined if none serves the node
 */
export function fastEqualsReference(graph: Graph, inputs: readonly TensorData[]): string | undefined {
  if (kernels === undefined) throw new Error('this runtime has no WebAssembly SIMD');
  const [fast] = compile([graph], kernels);
  const name = fast!.plan.steps[0]!.fast;
  if (name === undefined) return undefined;
  const [reference] = compile([graph]);
  const expected = reference!.run(inputs).map(canonical);
  const check = (run: string, outputs: readonly TensorData[]): void =>
    assert.equal(outputs.map(canonical), expected, `${name}, ${run} run: the reference kernel's bits`);
  check('first', fast!.run(inputs));
  check('second', fast!.run(inputs));
  const length = fast!.run(inputs)[0]!.length;
  const trace = { accumulators: new Float64Array(length), beforeClamp: new Float64Array(length) };
  check('traced', fast!.run(inputs, { trace: () => trace }));
  const program = withoutWeights(buildProgram([graph], { kernels, shared: true }));
  check("another thread's", openPlace(program).samples[0]![0]!.run(inputs));
  return name;
}
