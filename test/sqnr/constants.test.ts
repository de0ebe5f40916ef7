import type { TensorData } from '../../src/core/index.js';
import { graphBuilder } from '../../src/ops/index.js';
import { uniteGraphs } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';

/** Nodes of two graphs united that add a constant to their input. */
const unitedNodes = (a: TensorData, b: TensorData): number => {
  const [first, second] = [a, b].map((data) => {
    const builder = graphBuilder('sum');
    const inputs = [builder.input('x', [data.length]), builder.constant('c', [data.length], data)];
    return builder.build([builder.apply('add', { activation: 'none' }, inputs, 'y')]);
  });
  return uniteGraphs(first!, [second!]).graph.nodes.length;
};

test('constants are the same if all their bytes are, wherever they lie', () => {
  const values = Float32Array.from({ length: 3000 }, (_, i) => i % 7);
  assert.is(unitedNodes(values, values), 1);
  assert.is(unitedNodes(values, values.slice()), 1);
  assert.is(unitedNodes(values, Float32Array.of(9, ...values).subarray(1)), 1);
  for (const index of [0, 1, 1501, 2999]) {
    const other = values.slice();
    other[index]! += 1;
    assert.is(unitedNodes(values, other), 2, `${index}`);
  }
  assert.is(unitedNodes(Float32Array.of(0, 1), Float32Array.of(-0, 1)), 2);
});
