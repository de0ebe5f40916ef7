import { perTensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, int8s } from './evaluate.js';

conformance('quantize');

test('requantizing to fewer bits clamps to their range', () => {
  const input = int8s(perTensor(0.5, 0), -128, -3, 3, 127);
  assert.equal(evaluate('quantize', {}, [input], perTensor(1, 0, 4)).data, [-8, -1, 2, 7]);
});

test('a quarter is a rounded half, then a shift that rounds halves away from zero or floors', () => {
  const input = int8s(perTensor(0.25, 0), -3, -2, 2, 3, 5);
  const floor = { rounding: 'floor', accumulatorBits: 32 } as const;
  assert.equal(evaluate('quantize', {}, [input], perTensor(1, 0)).data, [-1, -1, 1, 1, 2]);
  assert.equal(evaluate('quantize', {}, [input], perTensor(1, 0), floor).data, [-1, -1, 0, 1, 1]);
});
