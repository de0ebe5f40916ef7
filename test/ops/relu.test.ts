import { perTensor, QpannError } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats, int8s } from './evaluate.js';

conformance('relu');

test('in float the threshold moves the bend and the slope starts there', () => {
  const attributes = { max: 6, negativeSlope: 0.5, threshold: 1 };
  assert.equal(
    evaluate('relu', attributes, [floats(-3, 0, 0.5, 1, 2, 6, 7)]).data,
    [-2, -0.5, -0.25, 1, 2, 6, 6],
  );
});

test('without a slope what lies below is +0, and NaN stays NaN', () => {
  const { data } = evaluate('relu', { max: 6, negativeSlope: 0, threshold: 0 }, [floats(-3, NaN, Infinity)]);
  assert.equal(data, [0, NaN, 6]);
  assert.ok(Object.is(data[0], 0));
});

test('an integer ReLU takes any upper bound', () => {
  const quantization = perTensor(0.5, -10);
  const attributes = { max: 3, negativeSlope: 0, threshold: 0 };
  assert.equal(
    evaluate('relu', attributes, [int8s(quantization, -128, -10, -6, -4, 127)]).data,
    [-10, -10, -6, -4, -4],
  );
});

test('a lower bound replaces the 0 below the threshold', () => {
  const attributes = { min: -2, max: 3, negativeSlope: 0, threshold: -2 };
  assert.equal(evaluate('relu', attributes, [floats(-9, -2, -1, 2, 9)]).data, [-2, -2, -1, 2, 3]);
  const quantization = perTensor(0.5, -10);
  assert.equal(
    evaluate('relu', attributes, [int8s(quantization, -128, -14, -12, -4, 127)]).data,
    [-14, -14, -12, -4, -4],
  );
  const sloped = { min: 1, max: null, negativeSlope: 0.5, threshold: 2 };
  assert.equal(evaluate('relu', sloped, [floats(0, 1, 2, 3)]).data, [0, 0.5, 2, 3]);
});

test('an integer ReLU with a threshold is refused', () => {
  const attributes = { max: null, negativeSlope: 0, threshold: 1 };
  const input = int8s(perTensor(0.5, 0), 1);
  assert.throws(
    () => evaluate('relu', attributes, [input]),
    (error: unknown) => error instanceof QpannError,
  );
});
