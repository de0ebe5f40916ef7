import { perTensor, QpannError } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats } from './evaluate.js';

conformance('div');

test('in float what overflows is the largest float, and 0 / 0 is NaN', () => {
  const { data } = evaluate('div', { activation: 'none' }, [floats(1, -1, 0), floats(0, 0, 0)]);
  assert.equal(data, [3.4028234663852886e38, -3.4028234663852886e38, NaN]);
});

test('the integer kernel stops at a division by zero', () => {
  const quantization = perTensor(0.5, 7, 8, false);
  const operand = (...data: number[]) => ({ dtype: 'uint8', shape: [2], data, quantization }) as const;
  assert.throws(
    () => evaluate('div', { activation: 'none' }, [operand(1, 2), operand(3, 7)]),
    (error: unknown) => error instanceof QpannError && /^division by zero/.test(error.message),
  );
});
