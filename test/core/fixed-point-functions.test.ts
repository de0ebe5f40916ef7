import {
  expOnNegativeValues,
  int16Table,
  inverseSquareRoot,
  lookUpInt16,
  oneOverOnePlusX,
  reciprocal,
} from '../../src/core/index.js';
import { assert, test } from '../harness.js';

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} instead of ${expected}`);

test('expOnNegativeValues is e^a to 22 bits', () => {
  for (let a = 0; a >= -31.9; a -= 0.037) {
    const q = Math.round(a * 2 ** 26);
    near(expOnNegativeValues(q) / 2 ** 31, Math.exp(q / 2 ** 26), 2e-7);
  }
  assert.is(expOnNegativeValues(0), 2147483647);
});

test('oneOverOnePlusX is 1/(1 + a) to 28 bits', () => {
  for (let a = 0; a < 1; a += 0.0037) {
    const q = Math.floor(a * 2 ** 31);
    near(oneOverOnePlusX(q) / 2 ** 31, 1 / (1 + q / 2 ** 31), 2e-8);
  }
});

test('a table over the int16 numbers interpolates', () => {
  const table = int16Table(-10, 0, 2 / 65535, Math.exp);
  for (let q = -32768; q <= 32767; q += 97)
    near((lookUpInt16(table, q) * 2) / 65535, Math.exp((-10 * (32767 - q)) / 65535), 2e-4);
  near(lookUpInt16(table, 32767), 32767, 5);
});

test('a slope that does not fit 16 bits wraps around', () => {
  const table = new Int16Array(513);
  table.set([-32768, 0], 256);
  assert.equal(
    [0, 1, 64, 127, 128].map((q) => lookUpInt16(table, q)),
    [-32768, 32512, 16384, 256, 0],
  );
});

const WHOLE = [1, 2, 3, 5, 100, 255, 256, 1000, 65535, 65536, 1e6, 2 ** 29 - 1, 2 ** 29, 2 ** 31 - 1];

test('the reciprocal of a whole number to 28 bits', () => {
  for (const x of WHOLE) {
    const { mantissa, exponent } = reciprocal(x);
    near((mantissa / 2 ** (31 + exponent)) * x, 1, 1e-8);
  }
});

test('the inverse square root of a whole number to 18 bits', () => {
  for (const x of WHOLE) {
    const { multiplier, shift } = inverseSquareRoot(x);
    near((multiplier / 2 ** 31) * 2 ** shift * Math.sqrt(x), 1, 2 ** -18);
  }
  assert.equal(inverseSquareRoot(0), inverseSquareRoot(1));
});
