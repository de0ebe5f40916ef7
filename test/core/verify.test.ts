import { type Graph, perTensor, type Tensor, verifyGraph } from '../../src/core/index.js';
import { assert, test } from '../harness.js';

const tensor = (name: string, more: Partial<Tensor> = {}): Tensor => ({
  name,
  shape: [2],
  dtype: 'float32',
  ...more,
});

/** input x → relu → y, with a constant w that add adds to it → z. */
function graphWith(changes: Partial<Graph> = {}, ...others: Tensor[]): Graph {
  const tensors = [
    tensor('x'),
    tensor('y'),
    tensor('z'),
    tensor('w', { data: Float32Array.of(1, 2) }),
    ...others,
  ];
  return {
    name: 'net',
    tensors: new Map(tensors.map((each) => [each.name, each])),
    nodes: [
      { op: 'relu', attributes: {}, inputs: ['x'], outputs: ['y'] },
      { op: 'add', attributes: {}, inputs: ['y', 'w'], outputs: ['z'] },
    ],
    inputs: ['x'],
    outputs: ['z'],
    ...changes,
  };
}

const rejects = (graph: Graph, message: RegExp): void => assert.throws(() => verifyGraph(graph), message);

test('a sound graph passes and is returned', () => {
  const graph = graphWith();
  assert.is(verifyGraph(graph), graph);
});

test('names must resolve', () => {
  const [relu, add] = graphWith().nodes as [Graph['nodes'][0], Graph['nodes'][0]];
  rejects(
    graphWith({ nodes: [relu, { ...add, inputs: ['y', 'v'] }] }),
    /add writing z reads v, which does not exist/,
  );
  rejects(graphWith({ nodes: [relu, { ...add, outputs: ['v'] }] }), /v does not exist/);
  rejects(graphWith({ inputs: ['v'] }), /input v does not exist/);
  rejects(graphWith({ outputs: ['v'] }), /output v is never written/);
  rejects(graphWith({ tensors: new Map([['a', tensor('b')]]) }), /tensor b is filed under a/);
});

test('nodes come after what they read, and every tensor has one origin', () => {
  const [relu, add] = graphWith().nodes as [Graph['nodes'][0], Graph['nodes'][0]];
  rejects(graphWith({ nodes: [add, relu] }), /reads y before it is written/);
  rejects(graphWith({ nodes: [relu, relu, add] }), /y is already written/);
  rejects(
    graphWith({ nodes: [relu, { ...add, outputs: ['w'] }] }),
    /w is already written, constant or an input/,
  );
  rejects(graphWith({ nodes: [relu, { ...add, outputs: [] }] }), /add writes nothing/);
  rejects(graphWith({ inputs: ['x', 'w'] }), /input w is a constant/);
});

test('constants fit their shape and dtype', () => {
  rejects(graphWith({}, tensor('w', { data: Float32Array.of(1) })), /has 1 values for shape 2/);
  rejects(graphWith({}, tensor('w', { data: Int8Array.of(1, 2) })), /is float32 but holds int8/);
  rejects(graphWith({}, tensor('w', { shape: [0] })), /has shape 0/);
});

test('quantization is sane', () => {
  const quantized = (more: Partial<Tensor>): Graph => graphWith({}, tensor('w', { dtype: 'int8', ...more }));
  const sound = perTensor(0.5, 3);
  assert.ok(verifyGraph(quantized({ quantization: sound, data: Int8Array.of(1, 2) })));
  assert.ok(verifyGraph(quantized({ quantization: { ...sound, bits: 4 }, data: Int8Array.of(1, 2) })));
  const perChannel = { ...sound, axis: 0, scales: [1, 2], zeroPoints: [0, 0] };
  assert.ok(verifyGraph(quantized({ quantization: perChannel, data: Int8Array.of(1, 2) })));
  rejects(graphWith({}, tensor('w', { quantization: sound })), /is float32 but quantized/);
  rejects(quantized({ quantization: { ...sound, bits: 9 } }), /has 9-bit values in int8/);
  rejects(quantized({ quantization: { ...sound, zeroPoints: [] } }), /another number of zero points/);
  rejects(quantized({ quantization: { ...sound, axis: 0 } }), /has 1 scales along axis 0/);
  rejects(quantized({ quantization: { ...sound, scales: [0.1] } }), /not a positive float32/);
  rejects(quantized({ quantization: { ...sound, scales: [-1] } }), /not a positive float32/);
  rejects(quantized({ quantization: { ...sound, zeroPoints: [0.5] } }), /zero point that is not an integer/);
});
