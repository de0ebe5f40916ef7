import { perTensor, QpannError } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, int8s } from './evaluate.js';

conformance('concatenation');

test('integers of different scales are refused', () => {
  const inputs = [int8s(perTensor(1, 0), 1), int8s(perTensor(2, 0), 1)];
  assert.throws(
    () => evaluate('concatenation', { axis: 0 }, inputs),
    (error: unknown) => error instanceof QpannError,
  );
});
