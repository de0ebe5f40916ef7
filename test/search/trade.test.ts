import fc from 'fast-check';
import { allowedNoise, neverRising, tradeOff, worthwhile } from '../../src/search/index.js';
import { assert, test } from '../harness.js';

test('options that others beat, or that lie above the line between two others, are left out', () => {
  const options = [
    { cost: 8, noise: 1 },
    { cost: 7, noise: 2 },
    { cost: 6, noise: 8 },
    { cost: 5, noise: 6 },
    { cost: 9, noise: 1 },
    { cost: 4, noise: 30 },
  ];
  assert.equal(worthwhile(options), [0, 1, 3, 5]);
  assert.equal(worthwhile([{ cost: 0, noise: 0 }]), [0]);
});

test('the way to the cheapest network takes the step with the least noise for what it saves', () => {
  const cheap = [
    { cost: 10, noise: 1 },
    { cost: 8, noise: 2 },
    { cost: 6, noise: 10 },
  ];
  const dear = [
    { cost: 100, noise: 1 },
    { cost: 80, noise: 3 },
  ];
  assert.equal(tradeOff([cheap, dear]), [
    [0, 0],
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
});

test('no network of the same noise is cheaper than a point of the trade-off', () => {
  const layer = fc.array(
    fc.record({ cost: fc.integer({ min: 1, max: 20 }), noise: fc.integer({ min: 1, max: 20 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
      const total = (point: readonly number[], key: 'cost' | 'noise'): number =>
        point.reduce((sum, option, i) => sum + layers[i]![option]![key], 0);
      const every = layers.reduce<number[][]>(
        (points, options) => points.flatMap((point) => options.map((_, i) => [...point, i])),
        [[]],
      );
      for (const point of tradeOff(layers))
        assert.not.ok(
          every.some(
            (other) =>
              total(other, 'noise') <= total(point, 'noise') && total(other, 'cost') < total(point, 'cost'),
          ),
        );
    }),
  );
});

test('what never rises is the nearest such list', () => {
  assert.equal(neverRising([5, 4, 4, 1]), [5, 4, 4, 1]);
  assert.equal(neverRising([3, 4, 1, 2]), [3.5, 3.5, 1.5, 1.5]);
  assert.equal(neverRising([1, 2, 3]), [2, 2, 2]);
  assert.equal(neverRising([]), []);
});

test('a drop allows noise in proportion to what the base loses with its own', () => {
  assert.is(allowedNoise(0.1, 0.04, 0.01, 100), 0.125);
  assert.is(allowedNoise(0.1, 0, 0.01, 50), 0.2);
  assert.is(allowedNoise(0.1, -0.02, 0.01, 50), 0.2);
  assert.is(allowedNoise(0.1, 0, 0, 100), 0.1);
});
