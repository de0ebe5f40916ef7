import { type Graph, quantizedValues, tensorOf } from '../../src/core/index.js';
import { compile } from '../../src/engine/index.js';
import { loadKernels, watchAccumulators } from '../../src/eval/index.js';
import { opOf, type Trace } from '../../src/ops/index.js';
import { type RecreationEntry, recreate } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { type Network, networkBuilder } from '../networks.js';
import { NETS } from '../quant/nets.js';
import { basisOf, inputOf } from '../quant/run.js';

const kernels = loadKernels();

/** Extreme accumulators of every operator with weights, from traces of the reference kernels. */
function traced(graph: Graph, inputs: readonly Float32Array[]): Map<string, [number, number]> {
  const [model] = compile([graph]);
  const seen = new Map<string, [number, number]>();
  const traces = new Map<string, Trace>();
  for (const input of inputs)
    model!.run([quantizedValues(tensorOf(graph, graph.inputs[0]!), input)], {
      trace({ name, shape }) {
        const node = graph.nodes.find(({ outputs }) => outputs[0] === name)!;
        if (opOf(node.op).quantization?.weights === undefined) return undefined;
        if (tensorOf(graph, node.inputs[0]!).quantization === undefined) return undefined;
        const length = shape.reduce((product, size) => product * size, 1);
        const trace = { accumulators: new Float64Array(length), beforeClamp: new Float64Array(length) };
        traces.set(name, trace);
        return trace;
      },
      tap({ name }) {
        const values = traces.get(name)?.accumulators;
        if (values === undefined) return;
        const [min, max] = seen.get(name) ?? [Infinity, -Infinity];
        seen.set(name, [Math.min(min, ...values), Math.max(max, ...values)]);
      },
    });
  return seen;
}

function watched(graph: Graph, inputs: readonly Float32Array[]) {
  const watch = watchAccumulators(graph, kernels && { kernels });
  const [model] = compile([graph], kernels);
  for (const input of inputs)
    model!.run([quantizedValues(tensorOf(graph, graph.inputs[0]!), input)], watch.observers);
  return watch.ranges();
}

function check(net: Network, ...entries: RecreationEntry[]): ReturnType<typeof watched> {
  const { graph } = recreate(basisOf(net), entries);
  const inputs = [5, 6].map((seed) => inputOf(net, seed));
  const ranges = watched(graph, inputs);
  assert.equal(
    [...ranges].map(([name, { min, max }]) => [name, [min, max]]),
    [...traced(graph, inputs)],
  );
  for (const { bits, worst_case_bits, min, max } of ranges.values()) {
    assert.ok(bits <= worst_case_bits);
    assert.ok(min >= -(2 ** (bits - 1)) && max < 2 ** (bits - 1));
    assert.ok(bits === 1 || min < -(2 ** (bits - 2)) || max >= 2 ** (bits - 2));
  }
  return ranges;
}

for (const [name, build] of Object.entries(NETS))
  test(`${name}: float kernels find the accumulators that reference kernels trace`, () => {
    for (const entry of [
      { all: true },
      { all: true, symmetric_weights: false, weight_bits: 7 },
      { all: true, activation_bits: 5 },
      { all: true, quantized: true, rounding_div: false },
    ])
      check(build(4), entry);
  });

test('what float32 does not hold exactly is traced', () => {
  const wide = check(NETS['mobile block']!(2), { all: true, activation_bits: 16, weight_bits: 12 });
  assert.ok([...wide.values()].every(({ worst_case_bits }) => worst_case_bits > 25));
});

test('a network without integers has no accumulators', () => {
  const net = networkBuilder(1);
  const { graph } = net.finish(net.conv('image', 'conv', 2));
  assert.is(watched(graph, [inputOf({ graph, layers: [] }, 1)]).size, 0);
});
