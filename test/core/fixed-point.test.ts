import fc from 'fast-check';
import {
  multiplyByQuantizedMultiplier,
  multiplyByReducedMultiplier,
  quantizeMultiplier,
  requantizer,
  roundingDivideByPot,
  saturatingRoundingDoublingHighMul,
} from '../../src/core/index.js';
import { assert, test } from '../harness.js';

const INT32_MAX = 2147483647;
const INT32_MIN = -2147483648;
const property = <T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
): void => fc.assert(fc.property(...arbitraries, check), { seed: 1, numRuns: 2000 });

/** Any int32, with the ends and the neighbourhood of powers of two often among them. */
const powers = Array.from({ length: 32 }, (_, n) => 2 ** n);
const int32 = fc.oneof(
  fc.integer({ min: INT32_MIN, max: INT32_MAX }),
  fc.constantFrom(INT32_MIN, INT32_MAX, ...powers.flatMap((power) => [power - 1, -power, 1 - power])),
);
const multiplier = fc.oneof(
  fc.integer({ min: 2 ** 30, max: INT32_MAX }),
  fc.constantFrom(0, 2 ** 30, INT32_MAX, 0x7fff0000, 0x7ffeffff),
);

// gemmlowp and TensorFlow Lite with big integers, whose division truncates and whose shift floors.
const wrap = (x: bigint): bigint => BigInt.asIntN(32, x);
function highMulOracle(a: bigint, b: bigint): bigint {
  const product = a * b;
  const rounded = (product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n);
  return a === b && a === BigInt(INT32_MIN) ? BigInt(INT32_MAX) : rounded;
}
function divideByPotOracle(x: bigint, exponent: bigint): bigint {
  const half = (1n << exponent) / 2n;
  return x < 0n ? -((-x + half) >> exponent) : (x + half) >> exponent;
}
function multiplyOracle(x: number, factor: number, shift: number, floor: boolean): bigint {
  const left = BigInt(Math.max(shift, 0));
  const right = BigInt(Math.max(-shift, 0));
  const high = highMulOracle(wrap(BigInt(x) << left), BigInt(factor));
  return floor ? high >> right : divideByPotOracle(high, right);
}
function reducedOracle(x: number, factor: number, shift: number, floor: boolean): bigint {
  const reduced = factor < 0x7fff0000 ? (BigInt(factor) + (1n << 15n)) >> 16n : 0x7fffn;
  const right = BigInt(15 - shift);
  return (BigInt(x) * reduced + (floor ? 0n : 1n << (right - 1n))) >> right;
}

test('the high multiply rounds halves up and saturates its one overflow', () => {
  assert.is(saturatingRoundingDoublingHighMul(3, 2 ** 30), 2);
  assert.is(saturatingRoundingDoublingHighMul(-3, 2 ** 30), -1);
  assert.is(saturatingRoundingDoublingHighMul(INT32_MIN, INT32_MIN), INT32_MAX);
  assert.is(saturatingRoundingDoublingHighMul(INT32_MIN, INT32_MAX), -INT32_MAX);
});

test('the high multiply equals the oracle', () => {
  property([int32, int32], (a, b) => {
    assert.is(BigInt(saturatingRoundingDoublingHighMul(a, b)), highMulOracle(BigInt(a), BigInt(b)));
  });
});

test('dividing by a power of two rounds halves away from zero', () => {
  assert.equal(
    [5, -5, 6, -6, 7].map((x) => roundingDivideByPot(x, 2)),
    [1, -1, 2, -2, 2],
  );
  assert.is(roundingDivideByPot(INT32_MIN, 31), -1);
  assert.is(roundingDivideByPot(INT32_MAX, 31), 1);
  assert.is(roundingDivideByPot(INT32_MIN, 0), INT32_MIN);
});

test('dividing by a power of two equals the oracle', () => {
  property([int32, fc.integer({ min: 0, max: 31 })], (x, exponent) => {
    assert.is(BigInt(roundingDivideByPot(x, exponent)), divideByPotOracle(BigInt(x), BigInt(exponent)));
  });
});

test('a requantization rounds twice', () => {
  // 1 · ¼: the high multiply makes ½ a 1, the shift makes that ½ a 1 again.
  const { multiplier: quarter, shift } = quantizeMultiplier(0.25);
  assert.is(multiplyByQuantizedMultiplier(1, quarter, shift), 1);
  assert.is(multiplyByQuantizedMultiplier(1, quarter, shift, 'floor'), 0);
  assert.is(multiplyByQuantizedMultiplier(2 ** 30, 2 ** 30, 2), INT32_MIN / 2 + 2 ** 30);
});

test('multiplyByQuantizedMultiplier equals the oracle, left shifts included', () => {
  property(
    [int32, multiplier, fc.integer({ min: -31, max: 30 }), fc.boolean()],
    (x, factor, shift, floor) => {
      const result = multiplyByQuantizedMultiplier(x, factor, shift, floor ? 'floor' : 'nearest');
      assert.is(BigInt(result), multiplyOracle(x, factor, shift, floor));
    },
  );
});

test('multiplyByReducedMultiplier equals the oracle for accumulators of 48 bits', () => {
  const accumulator = fc.oneof(
    fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }),
    fc.integer({ min: -100, max: 100 }),
    fc.constantFrom(-(2 ** 47), 2 ** 47 - 1),
  );
  property(
    [accumulator, multiplier, fc.integer({ min: -31, max: 7 }), fc.boolean()],
    (x, factor, shift, floor) => {
      const expected = reducedOracle(x, factor, shift, floor);
      // Results fit int32 by TensorFlow Lite's contract; beyond that float64 would round them.
      fc.pre(expected >= BigInt(INT32_MIN) && expected <= BigInt(INT32_MAX));
      assert.is(BigInt(multiplyByReducedMultiplier(x, factor, shift, floor ? 'floor' : 'nearest')), expected);
    },
  );
});

test('a factor becomes a mantissa of 31 bits and a shift', () => {
  assert.equal(quantizeMultiplier(1), { multiplier: 2 ** 30, shift: 1 });
  assert.equal(quantizeMultiplier(0.75), { multiplier: 0.75 * 2 ** 31, shift: 0 });
  assert.equal(quantizeMultiplier(0), { multiplier: 0, shift: 0 });
  assert.equal(
    quantizeMultiplier(1 - 2 ** -40),
    { multiplier: 2 ** 30, shift: 1 },
    'a mantissa that rounds up to 1',
  );
  assert.equal(quantizeMultiplier(2 ** -32), { multiplier: 2 ** 30, shift: -31 });
  assert.equal(quantizeMultiplier(2 ** -33), { multiplier: 0, shift: 0 }, 'smaller ones become 0');
  assert.equal(quantizeMultiplier(2 ** 40), { multiplier: INT32_MAX, shift: 30 });
});

test('a mantissa and a shift are the factor up to half a unit', () => {
  property([fc.double({ min: 2 ** -31, max: 2 ** 29, noNaN: true })], (factor) => {
    const { multiplier: mantissa, shift } = quantizeMultiplier(factor);
    assert.ok(mantissa >= 2 ** 30 && mantissa <= INT32_MAX);
    assert.ok(Math.abs(mantissa * 2 ** (shift - 31) - factor) <= 2 ** (shift - 32));
  });
});

test('the numerics choose the requantization', () => {
  const { multiplier: factor, shift } = quantizeMultiplier(0.25);
  const of = (rounding: 'nearest' | 'floor', accumulatorBits: 32 | 64) =>
    requantizer({ rounding, accumulatorBits })(1, factor, shift);
  assert.equal([of('nearest', 32), of('floor', 32), of('nearest', 64), of('floor', 64)], [1, 0, 0, 0]);
});
