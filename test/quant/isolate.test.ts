import { type Graph, tensorOf } from '../../src/core/index.js';
import { layerGroups } from '../../src/eval/index.js';
import { isolateLayers, recreate } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { NETS } from './nets.js';
import { activations, basisOf, inputOf } from './run.js';

/** The layers of a Recreated model that write what the Reference has too, isolated. */
function isolate(reference: Graph, recreated: Graph) {
  const layers = layerGroups(reference, recreated).map(({ nodes }) => nodes);
  return isolateLayers(reference, recreated, layers);
}

for (const [name, build] of Object.entries(NETS))
  test(`${name}: the Reference's values stay, each layer has a copy, and an only replaced layer is its own copy`, () => {
    const net = build(1);
    const basis = basisOf(net);
    const all = recreate(basis, [{ all: true }]).graph;
    const { graph, copies } = isolate(net.graph, all);
    const input = inputOf(net, 3);
    const [expected, actual] = [activations(net.graph, input), activations(graph, input)];
    for (const [tensor, values] of expected) assert.equal(actual.get(tensor), values, tensor);
    for (const [tensor, copy] of copies) {
      assert.equal(tensorOf(graph, copy).quantization, tensorOf(all, tensor).quantization);
      assert.ok(actual.has(copy));
    }
    for (const { index, name: layer } of net.layers.slice(1)) {
      const alone = recreate(basis, [{ layers: [layer], all: false }]);
      const written = [...alone.replaced].at(-1);
      if (written === undefined || !copies.has(written)) continue;
      const { copies: own, graph: isolated } = isolate(net.graph, alone.graph);
      const values = activations(isolated, input).get(own.get(written)!);
      assert.equal(values, activations(alone.graph, input).get(written), `layer ${index} ${layer}`);
    }
  });

test('names that are taken are left alone', () => {
  const net = NETS['mobile block']!(1);
  const basis = basisOf(net);
  const { graph } = recreate(basis, [{ all: true }]);
  const taken = 'conv_relu/isolated';
  const reference = { ...net.graph, tensors: new Map(net.graph.tensors) };
  reference.tensors.set(taken, { name: taken, shape: [1], dtype: 'float32', data: Float32Array.of(7) });
  const { graph: isolated, copies } = isolate(reference, graph);
  assert.is(copies.get('conv_relu'), 'conv_relu/isolated_2');
  assert.equal(isolated.tensors.get(taken)!.data, Float32Array.of(7));
});
