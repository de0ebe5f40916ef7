import fc from 'fast-check';
import { buildProgram, openPlace } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import {
  binStart,
  coarseHistogram,
  type Histogram,
  startHistogram,
  startHistogramIn,
} from '../../src/quant/index.js';
import { assert, test } from '../harness.js';

function histogramOf(...parts: (readonly number[] | Float32Array)[]): Histogram {
  const observer = startHistogram();
  for (const values of parts) observer.observe(Float32Array.from(values));
  return observer.histogram;
}
const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 });
const total = (counts: ArrayLike<number>): number =>
  Array.from(counts).reduce((sum, count) => sum + count, 0);

test('every value is in the bin that holds it, and bins are as narrow as they can be', () => {
  fc.assert(
    fc.property(numbers, (list) => {
      const values = Float32Array.from(list);
      const histogram = histogramOf(values);
      const expected = new Float64Array(4096);
      for (const value of values) expected[Math.floor(value / histogram.width) + 2048]! += 1;
      assert.equal(histogram.counts, expected);
      assert.is(total(histogram.counts), values.length);
      const isTooNarrow = values.some((value) => {
        const bin = Math.floor(value / (histogram.width / 2));
        return bin < -2048 || bin >= 2048;
      });
      assert.ok(isTooNarrow || histogram.width === 2 ** -149);
      const filled = histogram.counts.findIndex((count) => count > 0);
      assert.ok(binStart(histogram, filled) <= histogram.min);
      assert.ok(histogram.min < binStart(histogram, filled + 1));
    }),
  );
});

test('the order of values, and how they come in parts, makes no difference', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.boolean(), (a, b, zerosFirst) => {
      const parts = zerosFirst ? [[0, -0, 0], a, b] : [a, b, [0, 0, 0]];
      const { counts, width } = histogramOf(...parts);
      const whole = histogramOf([...b, 0, ...a, 0, 0]);
      assert.equal([counts, width], [whole.counts, whole.width]);
    }),
  );
});

test('histograms of parts add up to the histogram of the whole, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(numbers, fc.constant([])), { maxLength: 4 }), (parts) => {
      const whole = histogramOf(...parts);
      for (const order of [parts, [...parts].reverse()]) {
        const observer = startHistogram();
        for (const part of order) observer.add(histogramOf(part));
        assert.equal(observer.histogram, whole);
      }
    }),
  );
});

test('the fast kernel counts as plain loops do', () => {
  fc.assert(
    fc.property(numbers, (list) => {
      const place = openPlace(buildProgram([], { kernels: loadKernels()!, ownBytes: 256 + 64 * 8 }));
      const values = new Float32Array(place.memory.buffer, place.own + 64 * 8, list.length);
      values.set(list);
      const bins = new Float64Array(place.memory.buffer, place.own, 64);
      const [fast, plain] = [
        startHistogramIn(bins, (counts, _, scale) =>
          place.kernels!.count_bins_float32(
            counts.byteOffset + counts.byteLength / 2,
            values.byteOffset,
            values.length,
            scale,
          ),
        ),
        startHistogram(32),
      ];
      for (const observer of [fast, plain]) observer.observe(values);
      assert.equal(fast.histogram, plain.histogram);
    }),
  );
});

test('values that are not finite are not counted', () => {
  const { counts, min, max } = histogramOf([1, 2], [Number.NaN, 3], [Infinity]);
  assert.equal([total(counts), min, max], [2, 1, 2]);
});

test('a coarse histogram holds all values between its ends, in equal bins', () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 70 }), (values, bins) => {
      const histogram = histogramOf(values);
      const { min, max, counts } = coarseHistogram(histogram, bins + 1);
      assert.is(counts.length, bins + 1);
      assert.is(total(counts), values.length);
      assert.ok(min <= histogram.min && histogram.max < max, `${min} … ${max}`);
    }),
  );
});

test('a coarse histogram by hand', () => {
  assert.equal(coarseHistogram(histogramOf([0, 0, 1, 2, 3]), 4), {
    min: 0,
    max: 3.0078125,
    counts: [2, 1, 1, 1],
  });
  assert.equal(coarseHistogram(histogramOf([0, 0]), 2), { min: 0, max: 1, counts: [2, 0] });
  assert.equal(coarseHistogram(histogramOf(), 2), { min: 0, max: 0, counts: [0, 0] });
});
