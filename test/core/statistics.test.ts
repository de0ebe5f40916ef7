import fc from 'fast-check';
import { mcnemarExact, paretoFront, spearman, wilsonInterval } from '../../src/core/index.js';
import { assert, test } from '../harness.js';

const nearly = (actual: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.abs(expected),
    `${actual} instead of ${expected}`,
  );

test("Wilson's interval has the ends that 40-digit arithmetic gives", () => {
  const cases = [
    [187, 200, 0.891980920700931, 0.961623645350847],
    [1, 10, 0.017876213095072903, 0.4041500267952385],
    [31906, 50000, 0.6338974581158007, 0.6423213202229495],
    [0, 5, 0, 0.4344824647831748],
    [5, 5, 0.5655175352168251, 1],
    [100, 200, 0.43136085960389187, 0.5686391403961082],
  ] as const;
  for (const [hits, samples, low, high] of cases) {
    const interval = wilsonInterval(hits, samples);
    nearly(interval.low, low);
    nearly(interval.high, high);
  }
  assert.equal(wilsonInterval(0, 0), { low: 0, high: 1 });
});

test("Wilson's interval holds the proportion and mirrors with it", () => {
  const counts = fc
    .integer({ min: 1, max: 100_000 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  fc.assert(
    fc.property(counts, ([hits, samples]) => {
      const { low, high } = wilsonInterval(hits, samples);
      assert.ok(0 <= low && low <= hits / samples && hits / samples <= high && high <= 1);
      const mirrored = wilsonInterval(samples - hits, samples);
      assert.ok(Math.abs(mirrored.low - (1 - high)) < 1e-12);
    }),
  );
});

test("McNemar's exact test has the p-values of exact binomial sums", () => {
  const cases = [
    [0, 0, 1],
    [1, 0, 1],
    [3, 3, 1],
    [7, 6, 1],
    [10, 2, 0.03857421875],
    [0, 8, 0.0078125],
    [5, 9, 0.4239501953125],
    [121, 59, 4.434449263755176e-6],
    [1500, 1400, 0.06598734966518381],
  ] as const;
  for (const [first, second, p] of cases) {
    nearly(mcnemarExact(first, second), p, 1e-10);
    assert.is(mcnemarExact(first, second), mcnemarExact(second, first));
  }
});

test("McNemar's p-value is a probability, also of many samples, and falls as models part", () => {
  const p = [0, 100, 500, 1000].map((d) => mcnemarExact(25_000 + d, 25_000 - d));
  assert.ok(p.every((value, i) => value >= 0 && value <= 1 && (i === 0 || value < p[i - 1]!)));
  assert.is(mcnemarExact(2000, 0), 0);
});

test("Spearman's rho of worked examples", () => {
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  nearly(spearman(iq, hours)!, -29 / 165);
  nearly(spearman([1, 2, 2, 3], [1, 3, 2, 4])!, 0.9486832980505138);
  assert.is(spearman([1, 2, 3], [5, 5, 5]), null);
  assert.is(spearman([1], [2]), null);
  assert.is(spearman([], []), null);
  assert.throws(() => spearman([1, 2], [1]), /2 values beside 1/);
});

test("Spearman's rho depends on ranks alone", () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
    minLength: 2,
    maxLength: 40,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const a = list.map(([x]) => x);
      const b = list.map(([, y]) => y);
      const rho = spearman(a, b);
      assert.is(
        spearman(
          a.map((x) => x ** 3 + 4 * x),
          b,
        ),
        rho,
      );
      const falling = spearman(
        a.map((x) => -x),
        b,
      );
      assert.ok(rho === null ? falling === null : Math.abs(falling! + rho) < 1e-12);
      assert.ok(rho === null || Math.abs(rho) <= 1 + 1e-12);
    }),
  );
});

test('the Pareto front holds what nothing beats, and nothing else', () => {
  const front = paretoFront([
    { id: 'a', cost: 1, worth: 1 },
    { id: 'b', cost: 2, worth: 1 },
    { id: 'c', cost: 2, worth: 3 },
    { id: 'd', cost: 2, worth: 3 },
    { id: 'e', cost: 5, worth: 2 },
  ]);
  assert.equal(
    front.map(({ id }) => id),
    ['a', 'c', 'd'],
  );
  const points = fc.array(
    fc.record({ cost: fc.integer({ min: 0, max: 8 }), worth: fc.integer({ min: 0, max: 8 }) }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(points, (items) => {
      const beats = (a: (typeof items)[0], b: (typeof items)[0]): boolean =>
        a.cost <= b.cost && a.worth >= b.worth && (a.cost < b.cost || a.worth > b.worth);
      const kept = new Set(paretoFront(items));
      for (const item of items)
        assert.is(
          kept.has(item),
          !items.some((other) => beats(other, item)),
          `${JSON.stringify(item)} of ${JSON.stringify(items)}`,
        );
    }),
  );
});
