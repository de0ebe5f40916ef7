import { bytesPerElement, type Graph, type Tensor, tensorOf } from '../../src/core/index.js';
import { exportTflite } from '../../src/export/index.js';
import { importTflite } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { fixture, fixtureNames, realModel } from '../import/tflite-files.js';

/** Constants of fewer bits than their type has, such as weights unpacked from 4 bits, are written in that type. */
const asWritten = (tensor: Tensor): Tensor =>
  tensor.data === undefined || tensor.quantization === undefined
    ? tensor
    : { ...tensor, quantization: { ...tensor.quantization, bits: 8 * bytesPerElement(tensor.dtype) } };

/** What is written again must say the same of everything that the network computes with. */
function assertSameNetwork(again: Graph, graph: Graph): void {
  assert.equal(again.inputs, graph.inputs);
  assert.equal(again.outputs, graph.outputs);
  assert.equal(
    again.nodes.map(({ op, attributes, inputs, outputs, numerics }) => ({
      op,
      attributes,
      inputs,
      outputs,
      numerics,
    })),
    graph.nodes.map(({ op, attributes, inputs, outputs, numerics }) => ({
      op,
      attributes,
      inputs,
      outputs,
      numerics,
    })),
  );
  assert.equal([...again.tensors.keys()].sort(), [...graph.tensors.keys()].sort());
  for (const tensor of graph.tensors.values())
    assert.equal(tensorOf(again, tensor.name), asWritten(tensor), tensor.name);
}

const networks = [
  ...fixtureNames().map((name) => [name, fixture(name)] as const),
  ...['mobilenet_v1_025_224_int8.tflite', 'mobilenet_v2_100_224_ptq.tflite'].map(
    (name) => [name, realModel(name)] as const,
  ),
];

for (const [name, bytes] of networks) {
  if (bytes === null) test(`${name} (skipped: QPANN_DATA has no such model)`, () => {});
  else
    test(`${name}: written and read again it is the same network`, () => {
      const { graph } = importTflite(bytes, name);
      const written = exportTflite(graph);
      assert.equal(exportTflite(graph), written);
      const again = importTflite(written, name).graph;
      assertSameNetwork(again, graph);
      assert.equal(exportTflite(again), written);
    });
}
