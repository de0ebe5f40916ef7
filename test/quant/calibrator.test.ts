import fc from 'fast-check';
import { integerRange, quantizeValue } from '../../src/core/index.js';
import { loadKernels } from '../../src/eval/index.js';
import {
  asymmetricParameters,
  CALIBRATORS,
  type Calibrator,
  entropyRange,
  type Histogram,
  lowerToIntegers,
  mseRange,
  percentileRange,
  type Range,
  rangeOf,
  startCalibration,
  startHistogram,
  startObserver,
} from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { noise } from '../networks.js';
import { NETS } from './nets.js';
import { inputOf } from './run.js';

function histogramOf(values: Float32Array): Histogram {
  const observer = startHistogram();
  observer.observe(values);
  return observer.histogram;
}

/** `count` values like those of a layer: a sum of uniform numbers, and a few that are `outlier` times as large. */
function bellWith(outlier: number, count = 20000, rectified = false): Float32Array {
  const next = noise(count);
  return Float32Array.from({ length: count }, (_, i) => {
    const value = (next() + next() + next() + next()) * (i % 5000 === 0 ? outlier : 1);
    return rectified ? Math.max(0, value) : value;
  });
}

/** Σ (x − Q(x))² with the parameters of a range. */
function squaredError(values: Float32Array, range: Range, bits: number): number {
  const { scales, zeroPoints } = asymmetricParameters(range, bits);
  const { min, max } = integerRange(bits);
  return values.reduce((sum, value) => {
    const q = quantizeValue(value, scales[0]!, zeroPoints[0]!, min, max);
    return sum + (value - scales[0]! * (q - zeroPoints[0]!)) ** 2;
  }, 0);
}

const tensors = fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 1, maxLength: 60 });
const isInside = (range: Range, { min, max }: Range): boolean => range.min >= min && range.max <= max;

test('whatever the method, a range lies within what was seen, and its ends are in order', () => {
  fc.assert(
    fc.property(tensors, fc.integer({ min: 2, max: 8 }), (list, bits) => {
      const values = Float32Array.from(list);
      const histogram = histogramOf(values);
      const seen = rangeOf(values);
      for (const range of [
        percentileRange(histogram, 99),
        mseRange(histogram, bits),
        entropyRange(histogram, bits),
      ]) {
        assert.ok(isInside(range, seen), JSON.stringify([range, seen]));
        assert.ok(range.min <= range.max);
      }
    }),
  );
});

test('percentile 100 is min/max; a percentile leaves out no more than it says, at each end', () => {
  fc.assert(
    fc.property(tensors, fc.double({ min: 51, max: 99.999, noNaN: true }), (list, percentile) => {
      const values = Float32Array.from(list);
      const histogram = histogramOf(values);
      assert.equal(percentileRange(histogram, 100), rangeOf(values));
      const { min, max } = percentileRange(histogram, percentile);
      const most = (values.length * (100 - percentile)) / 200;
      assert.ok(values.filter((value) => value < min).length <= most);
      assert.ok(values.filter((value) => value > max).length <= most);
    }),
  );
});

test('a percentile cuts what is far out', () => {
  const { min, max } = percentileRange(histogramOf(bellWith(50)), 99.9);
  assert.ok(min > -4 && max < 4, `${min} … ${max}`);
});

test('MSE: never more error than with min/max, and much less with outliers', () => {
  for (const bits of [2, 4, 8])
    for (const rectified of [false, true])
      for (const outlier of [1, 10]) {
        const values = bellWith(outlier, 20000, rectified);
        const [own, full] = [mseRange(histogramOf(values), bits), rangeOf(values)];
        const [error, before] = [own, full].map((range) => squaredError(values, range, bits));
        assert.ok(error! <= before! * 1.001, `${bits} bits, ×${outlier}: ${error} and ${before}`);
        if (outlier > 1 && bits === 4) assert.ok(error! < before! / 2);
      }
});

test('MSE: as good as the best of all fractions of the range', () => {
  const values = bellWith(3, 3000, true);
  const { max } = rangeOf(values);
  const own = squaredError(values, mseRange(histogramOf(values), 4), 4);
  for (let step = 1; step <= 200; step++)
    assert.ok(own <= squaredError(values, { min: 0, max: (max * step) / 200 }, 4) * 1.02);
});

test('entropy: all of an even distribution, less of one with a long tail', () => {
  const even = Float32Array.from({ length: 65536 }, (_, i) => i / 65536);
  assert.ok(entropyRange(histogramOf(even), 8).max > 0.95);
  for (const rectified of [false, true]) {
    const values = bellWith(20, 20000, rectified);
    const { min, max } = entropyRange(histogramOf(values), 8);
    const full = rangeOf(values);
    assert.ok(max < full.max / 2, `${max} of ${full.max}`);
    assert.ok(max > 2);
    assert.is(rectified, min === 0);
  }
});

test('entropy: few values that all get a level of their own are not clipped', () => {
  const values = Float32Array.of(0, 1, 2, 3);
  assert.equal(entropyRange(histogramOf(values), 12), { min: 0, max: 3 });
});

test('a moving average begins with the first image and moves by its constant', () => {
  const observer = startObserver({ method: 'moving_average', averagingConstant: 0.25 });
  observer.observe({ min: -1, max: 4 });
  assert.equal(observer.range(), { min: -1, max: 4 });
  observer.observe({ min: 0, max: 8 });
  assert.equal(observer.range(), { min: -0.75, max: 5 });
});

test('what is not finite stays what was seen, to be refused later', () => {
  for (const calibrator of Object.values(CALIBRATORS)) {
    const observer = startObserver(calibrator);
    observer.observe({ min: 1, max: Infinity });
    observer.count(histogramOf(Float32Array.of(1, Infinity)));
    assert.equal(observer.range(), { min: 1, max: Infinity });
  }
});

for (const [name, build] of Object.entries(NETS))
  test(`${name}: every calibrator gives every range that min/max gives, none wider, with kernels or without`, () => {
    const net = build(1);
    const rangesOf = (calibrator: Calibrator, fast = true) => {
      const calibration = startCalibration(net.graph, fast ? loadKernels() : undefined, calibrator);
      for (const seed of [0, 1, 2]) calibration.observe(inputOf(net, seed));
      return calibration.ranges();
    };
    const seen = rangesOf(CALIBRATORS.minmax);
    for (const calibrator of Object.values(CALIBRATORS)) {
      const ranges = rangesOf(calibrator);
      assert.equal([...ranges.keys()], [...seen.keys()]);
      for (const [tensor, range] of ranges) assert.ok(isInside(range, seen.get(tensor)!), tensor);
      assert.ok(lowerToIntegers(net.graph, ranges).graph.nodes.length > 0);
      assert.equal(ranges, rangesOf(calibrator, false));
    }
  });
