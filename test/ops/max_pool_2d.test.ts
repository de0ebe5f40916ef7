import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats } from './evaluate.js';

conformance('max_pool_2d');

test('a window far larger than the image takes no longer than the image', () => {
  const input = { ...floats(1, 2, -1, 5), shape: [1, 2, 2, 1] };
  const attributes = { padding: 'same', strides: [1, 1], filter: [2 ** 31, 2 ** 31], activation: 'none' };
  assert.equal(evaluate('max_pool_2d', attributes, [input]).data, [5, 5, 5, 5]);
});
