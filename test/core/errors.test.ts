import { failure, inputError } from '../../src/core/errors.js';
import { assert, test } from '../harness.js';

test('an error tells whether the user can mend it', () => {
  assert.is(inputError('x').kind, 'input');
  assert.is(failure('x').kind, 'failure');
});
