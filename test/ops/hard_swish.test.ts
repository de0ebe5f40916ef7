import { perTensor } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, int8s } from './evaluate.js';

conformance('hard_swish');

test('an output scale that is too fine for the kernel is refused', () => {
  const input = int8s(perTensor(1, 0), 3);
  assert.throws(
    () => evaluate('hard_swish', {}, [input], perTensor(1 / 256, 0)),
    /output has scale 0.00390625, too fine for a hard-swish of scale 1/,
  );
});
