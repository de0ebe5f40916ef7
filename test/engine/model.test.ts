import fc from 'fast-check';
import {
  allocate,
  elementCount,
  type Graph,
  perTensor,
  QpannError,
  type Tensor,
  type TensorData,
  tensorOf,
} from '../../src/core/index.js';
import { buildProgram, compile, openPlace, planGraph, roomBehind, roomOf } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { graphBuilder, referenceKernel, siteOf } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder, noisyValues } from '../networks.js';

/** Every tensor of a graph, each node evaluated alone in memory of its own. */
function evaluateNodes(graph: Graph, inputs: readonly TensorData[]): ReadonlyMap<string, TensorData> {
  const values = new Map<string, TensorData>();
  for (const [name, { data }] of graph.tensors) if (data !== undefined) values.set(name, data);
  for (const [i, name] of graph.inputs.entries()) values.set(name, inputs[i]!);
  for (const node of graph.nodes) {
    const kernel = referenceKernel(graph, node);
    const site = siteOf(graph, node);
    const plan = { constantBytes: 0, scratchBytes: 0, ...kernel.plan?.(site) };
    const outputs = site.outputs.map(({ dtype, shape }) => allocate(dtype, elementCount(shape)));
    kernel.prepare(site, {
      inputs: node.inputs.map((name) => values.get(name)!.slice()),
      outputs,
      constants: new Uint8Array(plan.constantBytes),
      scratch: new Uint8Array(plan.scratchBytes),
    })();
    for (const [i, name] of node.outputs.entries()) values.set(name, outputs[i]!);
  }
  return values;
}

/** Runs a model and keeps what its tap sees. */
function tapped(run: ReturnType<typeof compile>[number]['run'], inputs: readonly TensorData[]) {
  const seen = new Map<string, TensorData>();
  const outputs = run(inputs, { tap: ({ name }, data) => seen.set(name, data.slice()) });
  return { seen, outputs: outputs.map((data) => data.slice()) };
}

const KINDS = ['conv', 'padded', 'relu', 'add', 'multiply', 'maxPool', 'concat', 'norm', 'twice'] as const;

/** A convolution that does not pad, behind a node that does. */
function paddedConvolution(
  { builder, pad, constant, layer }: ReturnType<typeof networkBuilder>,
  input: string,
  name: string,
  stride: number,
): void {
  const channels = builder.shapeOf(input)[3]!;
  const kernel = constant(`${name}/kernel`, [2, 2, 2, channels], () => 0.5);
  const attributes = { padding: 'valid', strides: [stride, stride], dilations: [1, 1], activation: 'none' };
  layer('Conv2D', name, 'conv_2d', attributes, [pad(input, `${name}/pad`), kernel]);
}

/** A random network: each step reads the tensors chosen, also ones that others read before. */
const networks: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.nat(1000),
    fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.nat(), fc.nat()), { maxLength: 9 }),
    fc.nat(),
  )
  .map(([seed, steps, extra]) => {
    const net = networkBuilder(seed, [1, 8, 8, 2]);
    const names = ['image'];
    steps.forEach(([kind, i, j], step) => {
      const a = names.at(-1 - (i % Math.min(3, names.length)))!;
      const shape = String(net.builder.shapeOf(a));
      const twins = names.filter((name) => String(net.builder.shapeOf(name)) === shape);
      const b = twins[j % twins.length]!;
      const name = `${kind}_${step}`;
      const height = net.builder.shapeOf(a)[1]!;
      if (kind === 'conv') net.conv(a, name, 1 + (j % 3), { bias: j % 2 === 0 });
      else if (kind === 'padded') paddedConvolution(net, a, name, 1 + (j % 2));
      else if (kind === 'relu') net.relu(a, name);
      else if (kind === 'add') net.add(a, b, name);
      else if (kind === 'multiply') net.multiply(a, b, name);
      else if (kind === 'maxPool' && height >= 2) net.maxPool(a, name);
      else if (kind === 'concat') net.concat([a, b], name);
      else if (kind === 'norm') net.norm(a, name);
      else net.add(a, a, name);
      names.push(name);
    });
    return net.finish(names.at(-1)!, names[extra % names.length]!).graph;
  });

test('the engine gives what each node alone gives, on every tensor and again on a second run', () => {
  fc.assert(
    fc.property(networks, (graph) => {
      const [model] = compile([graph]);
      for (const seed of [1, 2]) {
        const input = noisyValues(seed, 128);
        const expected = evaluateNodes(graph, [input]);
        const { seen, outputs } = tapped(model!.run, [input]);
        for (const [name, data] of seen) assert.equal(data, expected.get(name), name);
        assert.is(seen.size, graph.inputs.length + graph.nodes.length);
        assert.equal(
          outputs,
          graph.outputs.map((name) => expected.get(name)!),
        );
      }
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('what is looked at is what each node alone gives, whatever is left out around it', () => {
  const kernels = loadKernels()!;
  let leftOut = 0;
  fc.assert(
    fc.property(networks, fc.array(fc.nat(), { maxLength: 3 }), (graph, chosen) => {
      const names = [...graph.inputs, ...graph.nodes.flatMap(({ outputs }) => outputs)];
      const meetings = chosen.map((i) => [names[i % names.length]!]);
      const input = noisyValues(1, 128);
      const expected = evaluateNodes(graph, [input]);
      for (const options of [{ meetings: [meetings] }, { meetings: [meetings], kernels }]) {
        const { plan, steps, view, feed } = openPlace(buildProgram([graph], options)).samples[0]![0]!;
        const look = (step: number): void => {
          for (const [name] of meetings)
            if (plan.writtenAt.get(name!) === step) assert.equal(view(name!), expected.get(name!), name);
        };
        feed([input]);
        look(-1);
        steps.forEach(({ run }, step) => {
          run();
          look(step);
        });
        for (const [name] of meetings) assert.ok(plan.writtenAt.has(name!), name);
        for (const name of graph.outputs) assert.equal(view(name), expected.get(name), name);
        leftOut += names.length - plan.writtenAt.size;
      }
    }),
    { seed: 1, numRuns: 150 },
  );
  assert.ok(leftOut > 100, `${leftOut} left out`);
});

test('models that share a memory do not disturb each other', () => {
  fc.assert(
    fc.property(networks, networks, (first, second) => {
      const input = noisyValues(3, 128);
      const models = compile([first, second, first]);
      for (const { graph, run } of [...models, ...models]) {
        const { seen } = tapped(run, [input]);
        const expected = evaluateNodes(graph, [input]);
        for (const [name, data] of seen) assert.equal(data, expected.get(name), name);
      }
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('planner: in place where the input dies, has one reader, is no input, and sizes fit', () => {
  const net = networkBuilder(1, [1, 4, 4, 2]);
  const first = net.relu('image', 'input stays');
  const inPlace = net.relu(first, 'in place');
  const diamond = net.relu(inPlace, 'read later');
  const sum = net.add(diamond, inPlace, 'sum');
  const square = net.multiply(sum, sum, 'twice');
  const kept = net.relu(square, 'kept');
  net.relu(kept, 'last');
  const { offsets } = planGraph(net.finish('kept', 'last').graph);
  const shares = (a: string, b: string): boolean => offsets.get(a) === offsets.get(b);
  assert.not.ok(shares('input stays', 'image'));
  assert.ok(shares('in place', 'input stays'));
  assert.not.ok(shares('read later', 'in place'));
  assert.ok(shares('sum', 'read later'));
  assert.not.ok(shares('twice', 'sum'));
  assert.ok(shares('kept', 'twice'));
  assert.not.ok(shares('last', 'kept'));
});

test('planner: a broadcast first operand is not overwritten', () => {
  const builder = graphBuilder('broadcast');
  builder.input('row', [1, 4]);
  builder.input('rows', [3, 4]);
  const scaled = builder.apply('add', { activation: 'none' }, ['row', 'row'], 'scaled');
  builder.apply('add', { activation: 'none' }, [scaled, 'rows'], 'sum');
  const { offsets } = planGraph(builder.build(['sum']));
  const [row, sum] = [offsets.get('scaled')!, offsets.get('sum')!];
  assert.ok(row + 16 <= sum || sum + 48 <= row);
});

test('a program in memory that others have left runs as in its own, and takes its own where that is too small', () => {
  fc.assert(
    fc.property(networks, networks, (first, second) => {
      const input = noisyValues(3, 128);
      const left = buildProgram([first, second], { commonBytes: 20 });
      new Uint8Array(left.memory.buffer, left.constantStart).fill(255);
      const within = buildProgram([first], { room: roomOf(left) });
      assert.is(within.memory, left.memory);
      const behind = buildProgram([second], { room: roomBehind(within) });
      for (const program of [within, behind, within]) {
        const { graph, run } = openPlace(program).samples[0]![0]!;
        const { seen } = tapped(run, [input]);
        const expected = evaluateNodes(graph, [input]);
        for (const [name, data] of seen) assert.equal(data, expected.get(name), name);
      }
      const { memory } = buildProgram([second], {
        room: { ...roomOf(left), start: left.memory.buffer.byteLength },
      });
      assert.is.not(memory, left.memory);
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('planner: tensors that meet live until all of them are written, and nothing takes their place', () => {
  const builder = graphBuilder('meeting');
  const x = builder.input('x', [8, 8]);
  const chain = (name: string, from: string): string =>
    builder.apply('reshape', { shape: [64] }, [builder.apply('neg', {}, [from], name)], `${name}/flat`);
  const [a, b] = [chain('a', x), chain('b', x)];
  builder.apply('add', { activation: 'none' }, [a, b], 'sum');
  const graph = builder.build(['sum']);
  const apart = planGraph(graph, false, [['a/flat'], ['b']]);
  assert.is(apart.offsets.get('a/flat'), apart.offsets.get('a'), 'in place');
  const plan = planGraph(graph, false, [['a', 'b']]);
  assert.equal([plan.writtenAt.get('x'), plan.writtenAt.get('a'), plan.writtenAt.get('b')], [-1, 0, 2]);
  const places = ['a', 'a/flat', 'b'].map((name) => plan.offsets.get(name)!);
  assert.is(new Set(places).size, 3);
  assert.is(plan.offsets.get('b/flat'), places[2]);
});

test('constants that graphs share lie in memory once', () => {
  const weights = new Float32Array(64 * 64 * 16).fill(0.5);
  const graphOf = (data: Float32Array): Graph => {
    const builder = graphBuilder('dense');
    builder.input('x', [1, 64]);
    const kernel = builder.constant('kernel', [1024, 64], data);
    builder.apply('fully_connected', { activation: 'none' }, ['x', kernel], 'y');
    return builder.build(['y']);
  };
  const bytesOf = (graphs: readonly Graph[]): number =>
    compile(graphs)[0]!.run([new Float32Array(64)])[0]!.buffer.byteLength;
  const alone = bytesOf([graphOf(weights)]);
  assert.is(bytesOf([graphOf(weights), graphOf(weights)]), alone);
  assert.ok(bytesOf([graphOf(weights), graphOf(weights.slice())]) >= alone + weights.byteLength);
});

test('an input may be an output, and nothing else', () => {
  const builder = graphBuilder('identity');
  builder.input('x', [2]);
  const [model] = compile([builder.build(['x'])]);
  assert.equal([...model!.run([Float32Array.of(1, 2)])[0]!], [1, 2]);
});

test('inputs of another length, dtype or number are refused', () => {
  const { graph } = networkBuilder(1, [1, 2, 2, 1]).finish('image');
  const [model] = compile([graph]);
  const message = (inputs: readonly TensorData[]): string => {
    try {
      model!.run(inputs);
    } catch (error) {
      assert.instance(error, QpannError);
      return (error as Error).message;
    }
    return 'no error';
  };
  assert.is(message([new Float32Array(5)]), 'input image needs 4 float32 values, got 5 float32');
  assert.is(message([new Int8Array(4)]), 'input image needs 4 float32 values, got 4 int8');
  assert.is(message([]), 'input image needs 4 float32 values, got none');
  assert.is(message([new Float32Array(4), new Float32Array(4)]), 'net 1 has 1 input, got 2');
});

test('a trace receives the accumulators of the node asked for, before requantization and clamp', () => {
  const quantized = (
    name: string,
    shape: number[],
    dtype: 'int8' | 'int32',
    scale: number,
    data?: TensorData,
  ): Tensor => ({
    name,
    shape,
    dtype,
    quantization: { ...perTensor(scale, 0, dtype === 'int8' ? 8 : 32) },
    ...(data && { data }),
  });
  const tensors = [
    quantized('x', [1, 2], 'int8', 0.5),
    quantized('w', [2, 2], 'int8', 0.5, Int8Array.of(1, 2, 100, 100)),
    quantized('b', [2], 'int32', 0.25, Int32Array.of(10, -1)),
    quantized('y', [1, 2], 'int8', 0.5),
  ];
  const attributes = { activation: 'relu6' };
  const graph: Graph = {
    name: 'traced',
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    nodes: [{ op: 'fully_connected', attributes, inputs: ['x', 'w', 'b'], outputs: ['y'] }],
    inputs: ['x'],
    outputs: ['y'],
  };
  const trace = { accumulators: new Float64Array(2), beforeClamp: new Float64Array(2) };
  const asked: string[] = [];
  const [model] = compile([graph]);
  const [output] = model!.run([Int8Array.of(3, -7)], {
    trace: ({ name }) => {
      asked.push(name);
      return trace;
    },
  });
  assert.equal(asked, ['y']);
  assert.equal([...trace.accumulators], [3 - 14 + 10, 300 - 700 - 1]);
  // M = 0.5·0.5/0.5 = 1/2 has shift 0, so only the high multiply rounds, and it takes halves up.
  assert.equal([...trace.beforeClamp], [0, -200]);
  assert.equal([...output!], [0, 0]);
});

test('a dtype without a kernel is refused', () => {
  const net = networkBuilder(1);
  net.norm('image', 'norm');
  const { graph } = net.finish('norm');
  const image = { ...tensorOf(graph, 'image'), dtype: 'int8' as const };
  const broken = { ...graph, tensors: new Map([...graph.tensors, ['image', image] as const]) };
  assert.throws(
    () => compile([broken]),
    /layer 1 norm \(BatchNormalization\): batch_norm has no int8 kernel/,
  );
});

test('activations of more than a gigabyte are refused before memory is asked for', () => {
  const builder = graphBuilder('wide');
  builder.input('x', [1, 2 ** 14, 2 ** 13, 2]);
  const relu = { max: null, negativeSlope: 0, threshold: 0 };
  builder.apply('relu', relu, ['x'], 'y');
  assert.throws(
    () => compile([builder.build(['y'])]),
    /^wide: its activations need 2048 MiB of memory; the limit is 1024 MiB$/,
  );
});
