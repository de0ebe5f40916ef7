import { readFileSync } from 'node:fs';
import { reciprocalRoots } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';

interface Case {
  readonly values: readonly number[];
  readonly roots: readonly number[];
}

const file = new URL('../../fixtures/quant/reciprocal_roots.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] };

for (const { values, roots } of cases)
  test(`${values.length} reciprocal roots are those of TensorFlow on an AMD processor`, () => {
    assert.equal([...reciprocalRoots(Float32Array.from(values), 'amd')], roots);
  });

test('reciprocal roots are within 3e-7 on either processor', () => {
  const values = Float32Array.from({ length: 80_000 }, (_, i) => 1.0001 ** i);
  for (const processor of ['intel', 'amd'] as const)
    reciprocalRoots(values, processor).forEach((root, i) => {
      assert.ok(Math.abs(root * Math.sqrt(values[i]!) - 1) < 3e-7, `${root} for ${values[i]}`);
    });
});
