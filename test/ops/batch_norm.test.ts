import { QpannError } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';
import { evaluate, floats } from './evaluate.js';

conformance('batch_norm');

test('normalizes each channel: (x − mean)·γ/√(variance + ε) + β', () => {
  const x = { shape: [1, 1, 2, 2], data: [1, 2, 3, -4] };
  const [gamma, beta, mean, variance] = [floats(2, 1), floats(0.5, -1), floats(1, 2), floats(3, 0)];
  const { shape, data } = evaluate('batch_norm', { epsilon: 1 }, [x, gamma, beta, mean, variance]);
  assert.equal(shape, [1, 1, 2, 2]);
  assert.equal(data, [0.5, -1, 2.5, -7]);
});

test('every step rounds to float32', () => {
  const { fround, sqrt } = Math;
  const inputs = [0.1, 0.3, 0.7, 0.9, 0.2].map((value) => floats(value));
  const [x, gamma, beta, mean, variance] = inputs.map(({ data }) => fround(data[0]!)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const scale = fround(gamma / fround(sqrt(fround(variance + fround(0.001)))));
  const expected = fround(fround(fround(x - mean) * scale) + beta);
  assert.equal(evaluate('batch_norm', { epsilon: 0.001 }, inputs).data, [expected]);
});

test('a parameter of another length is refused', () => {
  const inputs = [floats(1, 2), floats(1, 1), floats(0, 0), floats(0), floats(1, 1)];
  assert.throws(
    () => evaluate('batch_norm', { epsilon: 1 }, inputs),
    (error: unknown) => error instanceof QpannError,
  );
});
