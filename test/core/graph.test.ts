import {
  allocate,
  consumers,
  dtypeOf,
  type Graph,
  producers,
  type Tensor,
  tensorOf,
  withoutUnusedTensors,
} from '../../src/core/index.js';
import { assert, test } from '../harness.js';

const names = ['x', 'w', 'y', 'z', 'left over'];
const graph: Graph = {
  name: 'net',
  tensors: new Map(names.map((name): [string, Tensor] => [name, { name, shape: [1], dtype: 'float32' }])),
  nodes: [
    { op: 'mul', attributes: {}, inputs: ['x', 'x'], outputs: ['y'] },
    { op: 'add', attributes: {}, inputs: ['y', 'x'], outputs: ['z'] },
  ],
  inputs: ['x', 'w'],
  outputs: ['z'],
};

test('producers: the node that writes each tensor; inputs have none', () => {
  assert.equal(
    [...producers(graph)],
    [
      ['y', graph.nodes[0]],
      ['z', graph.nodes[1]],
    ],
  );
});

test('consumers: each node once, in graph order', () => {
  assert.equal(
    [...consumers(graph)],
    [
      ['x', graph.nodes],
      ['y', [graph.nodes[1]]],
    ],
  );
});

test('unused tensors go, inputs stay', () => {
  assert.equal([...withoutUnusedTensors(graph).tensors.keys()], ['x', 'w', 'y', 'z']);
});

test('a missing tensor is a defect', () => {
  assert.is(tensorOf(graph, 'x').name, 'x');
  assert.throws(() => tensorOf(graph, 'v'), /graph net has no tensor v/);
});

test('every dtype has its typed array', () => {
  for (const dtype of ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64'] as const)
    assert.is(dtypeOf(allocate(dtype, 3)), dtype);
});
