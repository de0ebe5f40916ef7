import { perTensor, QpannError } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats, int8s } from './evaluate.js';

conformance('maximum');

test('of equal zeros the second counts, and NaN passes from the second alone', () => {
  const { data } = evaluate('maximum', {}, [floats(0, -0, NaN, 1), floats(-0, 0, 1, NaN)]);
  assert.ok(Object.is(data[0], -0) && Object.is(data[1], 0));
  assert.equal(data.slice(2), [1, NaN]);
});

test('operands of different quantization are refused', () => {
  const inputs = [int8s(perTensor(0.5, 0), 1), int8s(perTensor(0.25, 0), 1)];
  assert.throws(
    () => evaluate('maximum', {}, inputs),
    (error: unknown) => error instanceof QpannError,
  );
});
