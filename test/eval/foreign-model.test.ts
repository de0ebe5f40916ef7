import { readFileSync } from 'node:fs';
import { compile } from '../../src/engine/index.js';
import { pairWithReference } from '../../src/eval/index.js';
import { importTflite } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { networkBuilder } from '../networks.js';

const read = (name: string) =>
  importTflite(readFileSync(new URL(`../../fixtures/tflite/${name}.tflite`, import.meta.url)), name).graph;

test('a converted file is paired at input and output, and where one name of its own is in exactly one tensor name', () => {
  const reference = read('mobile-float');
  const foreign = read('mobile-int8');
  const paired = pairWithReference(reference, foreign, 'mobile-int8');
  assert.equal(paired.inputs, reference.inputs);
  assert.equal(paired.outputs, reference.outputs);
  assert.is(paired.nodes.length, foreign.nodes.length);
  const names = [...paired.tensors.keys()];
  assert.is(new Set(names).size, foreign.tensors.size);
  const [before, after] = compile([foreign, paired]);
  const input = new Int8Array(
    before!.plan.graph.tensors.get(foreign.inputs[0]!)!.shape.reduce((a, b) => a * b),
  ).fill(9);
  assert.equal([...before!.run([input])[0]!], [...after!.run([input])[0]!], 'names change nothing else');
});

test('tensors take the name of the layer that is in their own, and its source', () => {
  const net = networkBuilder(1);
  const reference = net.finish(net.relu(net.conv('image', 'first', 2), 'second')).graph;
  const other = networkBuilder(2);
  const inner = other.conv('image', 'net/first/Conv2D;net/second/Relu', 2);
  const graph = other.finish(other.relu(inner, 'StatefulPartitionedCall:0')).graph;
  const paired = pairWithReference(reference, graph, 'other');
  assert.equal(
    paired.nodes.map(({ outputs, source }) => [outputs[0], source?.className]),
    [
      ['first', 'Conv2D'],
      ['second', 'ReLU'],
    ],
  );
});

test('a file of another network is refused', () => {
  const reference = networkBuilder(1).finish('image').graph;
  assert.throws(
    () => pairWithReference(reference, read('mobile-int8'), 'x.tflite'),
    /^x\.tflite: has an input of shape/,
  );
});
