import { perTensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, int8s } from './evaluate.js';

conformance('average_pool_2d');

test('halves round away from zero, padding does not count', () => {
  const input = { ...int8s(perTensor(1, 0), 1, 2, -1, -2, 5), shape: [1, 1, 5, 1] };
  const attributes = { padding: 'same', strides: [1, 2], filter: [1, 2], activation: 'none' };
  assert.equal(evaluate('average_pool_2d', attributes, [input]).data, [2, -2, 5]);
});

test('the clamp is that of the width in bits', () => {
  const input = { ...int8s(perTensor(1, 0, 4), 7, 7), shape: [1, 1, 2, 1] };
  const attributes = { padding: 'valid', strides: [1, 1], filter: [1, 1], activation: 'relu6' };
  assert.equal(evaluate('average_pool_2d', attributes, [input]).data, [6, 6]);
});

test('a window far larger than the image takes no longer than the image', () => {
  const input = { ...int8s(perTensor(1, 0), 1, 2, -1, 6), shape: [1, 2, 2, 1] };
  const attributes = { padding: 'same', strides: [1, 1], filter: [2 ** 31, 2 ** 31], activation: 'none' };
  assert.equal(evaluate('average_pool_2d', attributes, [input]).data, [2, 2, 2, 2]);
});
