import { existsSync } from 'node:fs';
import { OPS, opOf } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';

for (const [name, op] of Object.entries(OPS)) {
  test(`${name} is filed under its name and has a test`, () => {
    assert.is(op.name, name);
    assert.ok(existsSync(new URL(`${name}.test.ts`, import.meta.url)), `test/ops/${name}.test.ts`);
  });
}

test('an unknown name is a defect, not a user error', () => {
  assert.throws(() => opOf('conv_9d'), /no operator conv_9d/);
});
