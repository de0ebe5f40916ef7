import { perTensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats, int8s } from './evaluate.js';

conformance('mean');

test('a float sum rounds after every addition, in memory order', () => {
  assert.equal(evaluate('mean', { axes: [0], keepDims: false }, [floats(2 ** 24, 1, 1, 2)]).data, [
    2 ** 22 + 0.5,
  ]);
});

test('a floored shift rounds halves down', () => {
  const input = int8s(perTensor(1, 0), 1, 2, 1, 2);
  const attributes = { axes: [0], keepDims: true };
  assert.equal(evaluate('mean', attributes, [input]).data, [2]);
  const floor = { rounding: 'floor', accumulatorBits: 32 } as const;
  assert.equal(evaluate('mean', attributes, [input], input.quantization, floor).data, [1]);
});
