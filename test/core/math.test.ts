import fc from 'fast-check';
import {
  clamp,
  decibel,
  exp,
  expm1,
  frexp,
  log,
  log10,
  logistic,
  roundHalfAwayFromZero,
  tanh,
} from '../../src/core/index.js';
import { assert, test } from '../harness.js';

const doubles = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

function nearly(
  range: fc.Arbitrary<number>,
  actual: (x: number) => number,
  expected: (x: number) => number,
  relative: number,
  absolute = 0,
): void {
  const check = (x: number): void => {
    const difference = Math.abs(actual(x) - expected(x));
    const allowed = relative * Math.abs(expected(x)) + absolute;
    assert.ok(difference <= allowed, `${actual(x)} instead of ${expected(x)} at ${x}`);
  };
  fc.assert(fc.property(range, check), { seed: 1, numRuns: 5000 });
}

test('exp is within one unit in the last place of a double', () => {
  assert.is(exp(0), 1);
  nearly(doubles(-700, 700), exp, Math.exp, 4.5e-16);
  nearly(doubles(-1, 1), exp, Math.exp, 4.5e-16);
});

test('exp overflows, underflows gradually and passes NaN', () => {
  assert.is(exp(710), Infinity);
  assert.is(exp(-746), 0);
  assert.is(exp(-Infinity), 0);
  assert.is(exp(Infinity), Infinity);
  assert.ok(Number.isNaN(exp(NaN)));
  nearly(doubles(-744, -708), exp, Math.exp, 4.5e-16, Number.MIN_VALUE);
});

test('expm1 keeps its digits near 0', () => {
  assert.equal([-Infinity, 0, Infinity].map(expm1), [-1, 0, Infinity]);
  assert.ok(Number.isNaN(expm1(NaN)));
  nearly(doubles(-40, 700), expm1, Math.expm1, 1e-15);
  nearly(doubles(-0.4, 0.4), expm1, Math.expm1, 1e-15);
  nearly(doubles(-1e-300, 1e-300), expm1, Math.expm1, 1e-15);
});

test('tanh is odd and accurate', () => {
  assert.is(tanh(0), 0);
  assert.is(tanh(400), 1);
  assert.is(tanh(-Infinity), -1);
  nearly(doubles(-25, 25), tanh, Math.tanh, 0, 2e-15);
  nearly(doubles(-9.99e-4, 9.99e-4), tanh, Math.tanh, 1e-15);
  assert.is(tanh(-0.7), -tanh(0.7));
});

test('logistic runs from 0 to 1', () => {
  assert.equal([-Infinity, 0, Infinity].map(logistic), [0, 0.5, 1]);
  nearly(doubles(-40, 40), logistic, (x) => 1 / (1 + Math.exp(-x)), 1e-15);
});

test('log and log10', () => {
  assert.equal([0, 1, Infinity].map(log), [-Infinity, 0, Infinity]);
  assert.ok(Number.isNaN(log(-1)) && Number.isNaN(log(NaN)));
  nearly(doubles(1e-300, 1e300), log, Math.log, 4e-16, 4e-16);
  nearly(doubles(0.5, 2), log, Math.log, 4e-16, 4e-16);
  nearly(doubles(1e-300, 1e300), log10, Math.log10, 5e-16, 4e-16);
  nearly(doubles(Number.MIN_VALUE, 1e-308), log10, Math.log10, 5e-16);
});

test('decibels of a power ratio', () => {
  assert.is(decibel(1), 0);
  assert.ok(Math.abs(decibel(1000) - 30) < 1e-14);
  assert.is(decibel(0), -Infinity);
});

test('frexp takes any number apart and loses nothing', () => {
  assert.equal(frexp(8), { fraction: 0.5, exponent: 4 });
  assert.equal(frexp(-0.3), { fraction: -0.6, exponent: -1 });
  assert.equal(frexp(0), { fraction: 0, exponent: 0 });
  assert.equal(frexp(Number.MIN_VALUE), { fraction: 0.5, exponent: -1073 });
  const check = (x: number): void => {
    const { fraction, exponent } = frexp(x);
    const half = Math.trunc(exponent / 2);
    assert.is(fraction * 2 ** half * 2 ** (exponent - half), x);
    assert.ok(x === 0 || (Math.abs(fraction) >= 0.5 && Math.abs(fraction) < 1));
  };
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), check), {
    seed: 1,
    numRuns: 5000,
  });
});

test('rounding takes halves away from zero', () => {
  assert.equal([0.5, 1.5, -0.5, -1.5, 2.4, -2.6].map(roundHalfAwayFromZero), [1, 2, -1, -2, 2, -3]);
  assert.is(roundHalfAwayFromZero(0.49999999999999994), 0, 'adding a half first would give 1');
  assert.is(roundHalfAwayFromZero(2 ** 51 + 0.5), 2 ** 51 + 1);
});

test('clamp passes NaN', () => {
  assert.equal(
    [-2, 0.5, 2].map((x) => clamp(x, -1, 1)),
    [-1, 0.5, 1],
  );
  assert.ok(Number.isNaN(clamp(NaN, -1, 1)));
});
