import { expOnNegativeValues, int16Table, lookUpInt16, oneOverOnePlusX } from '../../src/core/index.js';
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
