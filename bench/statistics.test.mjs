import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argMax, largestDifference, median, quantile, ratioOf } from './statistics.mjs';

test('quantiles interpolate and leave their input as it is', () => {
  const values = [4, 1, 3, 2];
  assert.equal(median(values), 2.5);
  assert.equal(median([7]), 7);
  assert.equal(quantile(values, 0), 1);
  assert.equal(quantile(values, 1), 4);
  assert.equal(quantile([0, 10], 0.1), 1);
  assert.deepEqual(values, [4, 1, 3, 2]);
});

test('a round that disturbs both leaves their ratio', () => {
  const { ratio, low, middle, high } = ratioOf(
    [
      [1, 1],
      [10, 10],
      [1, 1],
    ],
    [
      [2, 2],
      [20, 20],
      [2, 2],
    ],
  );
  assert.deepEqual([ratio, low, middle, high], [0.5, 0.5, 0.5, 0.5]);
});

test('the spread is that of rounds', () => {
  const { ratio, middle, low, high } = ratioOf([[1], [2], [3]], [[1], [1], [1]]);
  assert.equal(ratio, 2);
  assert.equal(middle, 2);
  assert.ok(low > 1 && low < 1.5 && high < 3 && high > 2.5);
});

test('answers', () => {
  assert.equal(argMax([1, 3, 3, 2]), 1);
  assert.equal(largestDifference([1, -2], [1, 2]), 4);
  assert.equal(largestDifference([1], [1, 2]), Number.POSITIVE_INFINITY);
});
