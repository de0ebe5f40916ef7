import { type Graph, type TensorData, verifyGraph } from '../../src/core/index.js';
import { exportTflite } from '../../src/export/index.js';
import { importTflite } from '../../src/import/index.js';
import { assert } from '../harness.js';
import { runGraph } from '../import/tflite-files.js';

/**
 * Writes a graph of one node to a `.tflite` file and reads it again: it must compute the same bits. All that the node reads
 * is constant in the file, so that any batch size and any number of inputs will do; whole numbers alone stay an
 * input, since the importer would compute with them.
 */
export function assertRoundTrip(graph: Graph, inputs: readonly TensorData[], output: TensorData): void {
  const first = graph.tensors.get(graph.inputs[0]!)!;
  const isWhole = first.dtype === 'int32' || first.dtype === 'int64';
  const unused = { name: 'unused', shape: [1], dtype: 'float32' } as const;
  const names = isWhole ? graph.inputs.slice(1) : graph.inputs;
  const tensors = new Map([...graph.tensors, ...(isWhole ? [] : [[unused.name, unused] as const])]);
  for (const name of names)
    tensors.set(name, { ...tensors.get(name)!, data: inputs[graph.inputs.indexOf(name)]! });
  const file = exportTflite(verifyGraph({ ...graph, tensors, inputs: [isWhole ? first.name : unused.name] }));
  const again = importTflite(file, 'again.tflite').graph;
  const written = runGraph(again, isWhole ? inputs[0]! : new Float32Array(1));
  const result = written.get(again.outputs[0]!)!;
  assert.is(result.constructor, output.constructor);
  assert.equal(bytesOf(result), bytesOf(output), 'written to a file and read again it gives the same bits');
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
