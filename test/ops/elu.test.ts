import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats } from './evaluate.js';

conformance('elu');

test('alpha is how far below 0 it goes', () => {
  assert.equal(evaluate('elu', { alpha: 0.5 }, [floats(-100, 0, 3)]).data, [-0.5, 0, 3]);
});
