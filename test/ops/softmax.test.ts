import { perTensor, QpannError } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats, int8s } from './evaluate.js';

conformance('softmax');

test('equal inputs share the probability', () => {
  assert.equal(evaluate('softmax', { beta: 1 }, [floats(7, 7, 7, 7)]).data, [0.25, 0.25, 0.25, 0.25]);
  const input = int8s(perTensor(0.1, 5), 9, 9, 9, 9);
  assert.equal(
    evaluate('softmax', { beta: 1 }, [input], perTensor(1 / 256, -128)).data,
    [-64, -64, -64, -64],
  );
});

test('large inputs do not overflow', () => {
  assert.equal(evaluate('softmax', { beta: 1 }, [floats(3e38, -3e38)]).data, [1, 0]);
});

test('an integer output must have the parameters that the operator fixes', () => {
  const input = int8s(perTensor(0.1, 5), 9, 9);
  const run = () => evaluate('softmax', { beta: 1 }, [input], perTensor(1 / 128, 0));
  assert.throws(run, (error: unknown) => error instanceof QpannError);
});
