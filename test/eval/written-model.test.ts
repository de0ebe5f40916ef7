import type { Graph } from '../../src/core/index.js';
import { writtenModel } from '../../src/eval/index.js';
import { importTflite } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';
import { NETS } from '../quant/nets.js';
import { activations, basisOf, inputOf } from '../quant/run.js';

for (const [name, build] of Object.entries(NETS))
  test(`${name}: what its file says computes what was lowered`, () => {
    const network = build(1);
    const { graph } = basisOf(network).lowered;
    const written = writtenModel(graph);
    const sources = ({ nodes }: Graph) => nodes.map(({ outputs, source }) => [...outputs, source]);
    assert.equal(sources(written.graph), sources(graph));
    const input = inputOf(network, 7);
    assert.equal(activations(written.graph, input), activations(graph, input));
    assert.is(importTflite(written.bytes!, 'again').graph.nodes.length, graph.nodes.length);
  });

test('a model that TensorFlow Lite cannot express has no file', () => {
  const net = networkBuilder(1);
  const { graph } = net.finish(net.relu(net.conv('image', 'conv', 2), 'relu', 4, 0.5));
  const written = writtenModel(graph);
  assert.is(written.bytes, null);
  assert.is(written.graph, graph);
  assert.match(written.problem!, /relu.*: cannot be written to a \.tflite file: .*slope 0\.5/);
});
