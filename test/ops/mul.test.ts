import { perTensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, int8s } from './evaluate.js';

conformance('mul');

test('a floored shift rounds down', () => {
  const inputs = [int8s(perTensor(0.5, 0), -1, 1, 2), int8s(perTensor(0.5, 0), 1, 1, 1)];
  const output = perTensor(1, 0);
  assert.equal(evaluate('mul', { activation: 'none' }, inputs, output).data, [0, 1, 1]);
  const floor = { rounding: 'floor', accumulatorBits: 32 } as const;
  assert.equal(evaluate('mul', { activation: 'none' }, inputs, output, floor).data, [0, 0, 0]);
});
