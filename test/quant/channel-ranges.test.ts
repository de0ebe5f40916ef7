import fc from 'fast-check';
import { buildProgram, openPlace } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { channelCount, openChannelRanges, rangeBytes } from '../../src/quant/channel-ranges.js';
import { assert, test } from '../harness.js';

/** Smallest and largest of each channel over samples that are fed one after the other. */
function rangesOf(samples: readonly Float32Array[], channels: number, fast: boolean) {
  const kernels = fast ? loadKernels() : undefined;
  const bytes = rangeBytes(channels) + samples[0]!.byteLength;
  const place = openPlace(buildProgram([], { ...(kernels && { kernels }), ownBytes: bytes }));
  const ranges = openChannelRanges(place, place.own, channels);
  const values = new Float32Array(place.memory.buffer, place.own + rangeBytes(channels), samples[0]!.length);
  for (const sample of samples) {
    values.set(sample);
    ranges.widen(values);
  }
  return { min: [...ranges.min], max: [...ranges.max] };
}

test('fast kernels give what plain loops give', () => {
  const value = fc.float({ noNaN: false });
  const samples = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }))
    .chain(([channels, rows, count]) =>
      fc.tuple(
        fc.constant(channels),
        fc.array(
          fc
            .array(value, { minLength: channels * rows, maxLength: channels * rows })
            .map((values) => Float32Array.from(values)),
          { minLength: count, maxLength: count },
        ),
      ),
    );
  fc.assert(
    fc.property(samples, ([channels, values]) => {
      const fast = rangesOf(values, channels, true);
      assert.equal(fast, rangesOf(values, channels, false));
      const all = values.flatMap((sample) => [...sample].filter((_, i) => i % channels === 0));
      assert.equal(fast.min[0], Math.min(...all));
      assert.equal(fast.max[0], Math.max(...all));
    }),
  );
});

test('values that need no channels of their own are taken by many lanes', () => {
  const count = (shape: readonly number[], ofEach: boolean) =>
    channelCount({ name: 'x', dtype: 'float32', shape }, ofEach);
  assert.is(count([1, 4, 4, 24], true), 24);
  assert.is(count([1, 4, 4, 24], false), 64);
  assert.is(count([1, 10], false), 1);
});
