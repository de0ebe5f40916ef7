import { QpannError, type TensorData } from '../../src/core/index.js';
import { compile } from '../../src/engine/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';

conformance('gather');

test('an index that is not there ends the run with an error', () => {
  const tensors = [
    { name: 'table', dtype: 'float32', shape: [3, 2], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
    { name: 'chosen', dtype: 'int32', shape: [2] },
    { name: 'rows', dtype: 'float32', shape: [2, 2] },
  ] as const;
  const [model] = compile([
    {
      name: 'net',
      tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
      nodes: [
        {
          op: 'gather',
          attributes: { axis: 0, batchDims: 0 },
          inputs: ['table', 'chosen'],
          outputs: ['rows'],
        },
      ],
      inputs: ['chosen'],
      outputs: ['rows'],
    },
  ]);
  const rows = (...indices: readonly number[]): TensorData =>
    model!.run([Int32Array.from(indices)])[0]!.slice();
  assert.equal(rows(2, 0), Float32Array.of(4, 5, 0, 1));
  for (const index of [3, -1])
    assert.throws(
      () => rows(0, index),
      (error: unknown) =>
        error instanceof QpannError && error.message === `gathers index ${index} of a dimension of size 3`,
    );
});
