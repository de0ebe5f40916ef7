import { perTensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats, int8s } from './evaluate.js';

conformance('sum');

const attributes = { axes: [0], keepDims: false };

test('a float sum rounds after every addition, in memory order', () => {
  assert.equal(evaluate('sum', attributes, [floats(2 ** 24, 1, 1, 2)]).data, [2 ** 24 + 2]);
});

test('8-bit sums read bytes as TensorFlow Lite does, narrower ones the integers', () => {
  assert.equal(evaluate('sum', attributes, [int8s(perTensor(1, 0), -3, 5, 1)]).data, [-1]);
  assert.equal(evaluate('sum', attributes, [int8s(perTensor(1, 0, 6), -3, 5, 1)]).data, [3]);
});

test('16-bit sums with scales of their own are rescaled', () => {
  const input = {
    dtype: 'int16',
    shape: [3],
    data: [30000, 30000, -4],
    quantization: perTensor(1, 0, 16),
  } as const;
  assert.equal(evaluate('sum', attributes, [input], perTensor(4, 0, 16)).data, [14999]);
  assert.equal(evaluate('sum', attributes, [input]).data, [-5540]);
});
