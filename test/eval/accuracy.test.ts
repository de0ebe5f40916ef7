import { accuracyOf, countHit, NO_HITS, predict } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';

const predicted = (...outputs: number[]) => predict(Float32Array.from(outputs));

test('classes come by falling output, at most five', () => {
  assert.equal(predicted(0.1, 0.5, 0.3, 0.05, 0.02, 0.025, 0.005), { top: [1, 2, 0, 3, 5], confidence: 0.5 });
});

test('equal outputs go to the lower class', () => {
  assert.equal(predicted(0, 0.25, 0.5, 0.25, 0, 0.25, 0).top, [2, 1, 3, 5, 0]);
  assert.equal(predicted(0, 0, 0, 0, 0, 0, 0).top, [0, 1, 2, 3, 4]);
  assert.equal(predicted(-0, 0).top, [0, 1]);
});

test('of fewer than five classes all are listed', () => {
  assert.equal(predicted(0.25, 0.75), { top: [1, 0], confidence: 0.75 });
});

test('NaN ranks below every number, wherever it stands', () => {
  assert.equal(predicted(NaN, 0.25, NaN, 0.5, -Infinity).top, [3, 1, 4, 0, 2]);
  assert.equal(predicted(0, 1, 2, 3, 4, NaN, 5).top, [6, 4, 3, 2, 1]);
  assert.equal(predicted(NaN, NaN).top, [0, 1]);
});

test('the order is that of a stable sort', () => {
  for (let seed = 1; seed < 200; seed++) {
    const outputs = Float32Array.from({ length: 9 }, (_, i) => ((seed * (i + 3) * 7919) % 101) % 6);
    const sorted = [...outputs.keys()].sort((a, b) => outputs[b]! - outputs[a]! || a - b);
    assert.equal(predict(outputs).top, sorted.slice(0, 5));
  }
});

test('hits are counted among the first and the first five', () => {
  const prediction = predicted(0.1, 0.5, 0.3, 0.05, 0.02, 0.03);
  const hits = [1, 0, 4].reduce((sum, label) => countHit(sum, prediction, label), NO_HITS);
  assert.equal(hits, { samples: 3, correct1: 1, correct5: 2 });
  assert.equal(accuracyOf(hits), { top1: 1 / 3, top5: 2 / 3, correct1: 1, correct5: 2 });
  assert.equal(accuracyOf(NO_HITS), { top1: 0, top5: 0, correct1: 0, correct5: 0 });
});
