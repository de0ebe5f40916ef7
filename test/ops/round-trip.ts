import { type Graph, type Tensor, type TensorData, verifyGraph } from '../../src/core/index.js';
import { exportTflite } from '../../src/export/index.js';
import { importTflite } from '../../src/import/index.js';
import { assert } from '../harness.js';
import { runGraph } from '../import/tflite-files.js';

/**
 * Writes a graph of one node to a `.tflite` file and reads it again: it must compute the same bits. All that the node reads
 * is constant in the file, so that any batch size and any number of inputs will do; whole numbers, and what is dequantized,
 * stay an input (reshaped, for the batch size), since the importer would compute with them.
 */
export function assertRoundTrip(graph: Graph, inputs: readonly TensorData[], output: TensorData): void {
  const first = graph.tensors.get(graph.inputs[0]!)!;
  const isInput = ['int32', 'int64'].includes(first.dtype) || graph.nodes[0]!.op === 'dequantize';
  const input: Tensor = isInput
    ? { ...first, name: 'input', shape: [1, ...first.shape] }
    : { name: 'unused', shape: [1], dtype: 'float32' };
  const tensors = new Map([...graph.tensors, [input.name, input]]);
  for (const name of isInput ? graph.inputs.slice(1) : graph.inputs)
    tensors.set(name, { ...tensors.get(name)!, data: inputs[graph.inputs.indexOf(name)]! });
  const reshape = {
    op: 'reshape',
    attributes: { shape: first.shape },
    inputs: [input.name],
    outputs: [first.name],
  };
  const nodes = isInput ? [reshape, ...graph.nodes] : graph.nodes;
  const file = exportTflite(verifyGraph({ ...graph, tensors, nodes, inputs: [input.name] }));
  const again = importTflite(file, 'again.tflite').graph;
  const written = runGraph(again, isInput ? inputs[0]! : new Float32Array(1));
  const result = written.get(again.outputs[0]!)!;
  assert.is(result.constructor, output.constructor);
  assert.equal(bytesOf(result), bytesOf(output), 'written to a file and read again it gives the same bits');
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
