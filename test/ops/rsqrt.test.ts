import { perTensor, QpannError } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats } from './evaluate.js';

conformance('rsqrt');

test('the integer kernels stop at a negative number', () => {
  for (const bits of [8, 16]) {
    const dtype = bits === 8 ? 'int8' : 'int16';
    const input = { dtype, shape: [2], data: [3, -1], quantization: perTensor(0.5, 0, bits) } as const;
    assert.throws(
      () => evaluate('rsqrt', {}, [input]),
      (error: unknown) =>
        error instanceof QpannError && /^input 0 holds a negative number/.test(error.message),
    );
  }
});

test('in float 0 gives infinity and a negative number NaN', () => {
  assert.equal(evaluate('rsqrt', {}, [floats(4, 0, -1)]).data, [0.5, Infinity, NaN]);
});
