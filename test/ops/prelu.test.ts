import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats } from './evaluate.js';

conformance('prelu');

test('-0 and NaN: what is not below 0 passes, NaN stays NaN', () => {
  const { data } = evaluate('prelu', {}, [floats(-0, NaN, -2, 3), floats(0.5, 0.5, -1, 9)]);
  assert.equal(data, [-0, NaN, 2, 3]);
  assert.ok(Object.is(data[0], -0));
});
