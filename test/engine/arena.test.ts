import fc from 'fast-check';
import { ALIGNMENT, aligned } from '../../src/core/index.js';
import { type Block, layOut } from '../../src/engine/index.js';
import { assert, test } from '../harness.js';

const blocks: fc.Arbitrary<Block[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat(12), fc.nat(6)), { maxLength: 14 })
  .map((list) =>
    list.map(([bytes, first, length], i) => ({ name: `${i}`, bytes, first, last: first + length })),
  );

const aliveTogether = (a: Block, b: Block): boolean => a.first <= b.last && b.first <= a.last;

test('blocks that live at the same time never overlap, and all are aligned', () => {
  fc.assert(
    fc.property(blocks, (list) => {
      const { offsets, bytes } = layOut(list);
      for (const [i, a] of list.entries()) {
        const start = offsets.get(a.name)!;
        assert.is(start % ALIGNMENT, 0);
        assert.ok(start + a.bytes <= bytes);
        for (const b of list.slice(i + 1)) {
          const other = offsets.get(b.name)!;
          const apart = start + a.bytes <= other || other + b.bytes <= start;
          assert.ok(apart || !aliveTogether(a, b), `${a.name} and ${b.name} overlap`);
        }
      }
    }),
    { seed: 1 },
  );
});

test('the peak is at least the most that lives at once, at most everything side by side', () => {
  const sum = (list: readonly Block[], size: (bytes: number) => number): number =>
    list.reduce((total, block) => total + size(block.bytes), 0);
  fc.assert(
    fc.property(blocks, (list) => {
      const { bytes } = layOut(list);
      for (let step = 0; step <= 18; step++) {
        const alive = list.filter(({ first, last }) => first <= step && step <= last);
        assert.ok(bytes >= sum(alive, (size) => size));
      }
      assert.ok(bytes <= sum(list, aligned));
    }),
    { seed: 1 },
  );
});

test('a chain of equal tensors needs room for two', () => {
  const chain = [0, 1, 2, 3].map((step) => ({ name: `${step}`, bytes: 64, first: step, last: step + 1 }));
  assert.is(layOut(chain).bytes, 128);
  assert.equal(layOut([]), { offsets: new Map(), bytes: 0 });
});
