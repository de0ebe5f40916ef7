import fc from 'fast-check';
import { buildProgram, openPlace } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { finderBytes, openRangeFinder } from '../../src/quant/find-range.js';
import { assert, test } from '../harness.js';

/** A finder in memory that holds values, at an address that is a multiple of 4 only. */
function finderWith(values: Float32Array, channels: number, fast: boolean) {
  const kernels = fast ? loadKernels() : undefined;
  const start = finderBytes(channels) + 4;
  const ownBytes = start + values.byteLength;
  const place = openPlace(buildProgram([], { ...(kernels && { kernels }), ownBytes }));
  const placed = new Float32Array(place.memory.buffer, place.own + start, values.length);
  placed.set(values);
  return { finder: openRangeFinder(place, place.own), placed };
}

const float = fc.float({ noNaN: false });

test('all values: fast kernels give what plain loops give', () => {
  fc.assert(
    fc.property(fc.array(float, { minLength: 1, maxLength: 70 }), (list) => {
      const values = Float32Array.from(list);
      const [fast, plain] = [true, false].map((isFast) => {
        const { finder, placed } = finderWith(values, 1, isFast);
        return finder.all(placed);
      });
      assert.equal({ min: fast!.min + 0, max: fast!.max + 0 }, { min: plain!.min + 0, max: plain!.max + 0 });
      assert.equal(fast!.max + 0, Math.max(...values) + 0);
    }),
  );
});

test('channels: fast kernels give what plain loops give', () => {
  const rows = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 }))
    .chain(([channels, count]) =>
      fc.tuple(
        fc.constant(channels),
        fc.array(float, { minLength: channels * count, maxLength: channels * count }),
      ),
    );
  fc.assert(
    fc.property(rows, ([channels, list]) => {
      const values = Float32Array.from(list);
      const [fast, plain] = [true, false].map((isFast) => {
        const { finder, placed } = finderWith(values, channels, isFast);
        // Twice: nothing is left of the first time.
        finder.ofChannels(
          placed.map(() => 1e38),
          channels,
        );
        const { min, max } = finder.ofChannels(placed, channels);
        return { min: [...min], max: [...max] };
      });
      assert.equal(fast, plain);
      const first = values.filter((_, i) => i % channels === 0);
      assert.equal(fast!.min[0], Math.min(...first));
      assert.equal(fast!.max[0], Math.max(...first));
    }),
  );
});
