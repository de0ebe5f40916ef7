import { clamp, multiplyByQuantizedMultiplier } from '../../src/core/index.js';
import {
  type AccumulatorFacts,
  type FloatScale,
  floatScale,
  isTwoSided,
} from '../../src/kernels/float-scale.js';
import { packPanels } from '../../src/kernels/pack.js';
import { assert, test } from '../harness.js';
import { forRandomNumbers, oneOf, randomNumbers, upTo } from './layers.js';

const INT8 = { min: -128, max: 127 };

/** What the float path computes, one float32 operation after the other. */
function byScale(
  { factor, offset, scale, nudge }: FloatScale,
  zeroPoint: number,
  accumulator: number,
): number {
  const [line] = Int32Array.of(factor * accumulator + offset) as unknown as [number];
  const [nudged] = Float32Array.of(line < 0 ? line - nudge : line) as unknown as [number];
  const [product] = Float32Array.of(nudged * scale) as unknown as [number];
  const [sum] = Float32Array.of(product + 12582912 + zeroPoint) as unknown as [number];
  return clamp(sum - 12582912, -128, 127);
}

function randomChannel(next: () => number) {
  const shift = oneOf(next, 0, -1, -2, -4, -6, -7, -8, -9, -10, -11, -12, -20, -30);
  const multiplier = oneOf(next, 0, 2 ** 30, 2 ** 31 - 1, 2 ** 30 + Math.floor(next() * 2 ** 30));
  const reach = 2 ** oneOf(next, 4, 10, 16, 20, 24, 31);
  const facts: AccumulatorFacts = {
    min: Math.floor(-next() * reach),
    max: Math.floor(next() * reach),
    largestWeight: upTo(next, 255),
  };
  return { rescale: { multiplier, shift, factor: (multiplier / 2 ** 31) * 2 ** shift }, facts };
}

test('a float32 scale requantizes every accumulator as the multiplier does', () => {
  let found = 0;
  let foundTwoSided = 0;
  forRandomNumbers(3000, (next) => {
    const { rescale, facts } = randomChannel(next);
    const rounding = oneOf(next, 'nearest', 'nearest', 'floor');
    const outputZeroPoint = oneOf(next, -128, -128, 0, 127, Math.floor(next() * 256) - 128);
    const scale = floatScale(rescale, rounding, { outputZeroPoint, clamp: INT8 }, facts);
    if (scale === null) return;
    found += 1;
    const twoSided = isTwoSided(rounding, outputZeroPoint);
    if (twoSided) foundTwoSided += 1;
    assert.ok(scale.nudge === 0 || (twoSided && scale.nudge > 0));
    const check = (x: number): void => {
      const value = multiplyByQuantizedMultiplier(x, rescale.multiplier, rescale.shift, rounding);
      assert.equal(
        byScale(scale, twoSided ? outputZeroPoint : 0, x),
        clamp(value + outputZeroPoint, -128, 127),
        `accumulator ${x}`,
      );
    };
    const { min, max } = facts;
    for (const x of [min, max, Math.max(min, Math.min(max, 0))]) check(x);
    for (let i = 0; i < 200; i++) check(min + Math.floor(next() * (max - min + 1)));
    // Accumulators beside those where the output rises.
    for (let value = -128; value < 128; value++)
      for (let step = -2; step <= 2; step++) {
        const x = Math.round((value - 0.5 - outputZeroPoint) / rescale.factor) + step;
        if (x >= min && x <= max) check(x);
      }
  });
  assert.ok(
    found > 1300 && foundTwoSided > 400,
    `${found} scales found, ${foundTwoSided} for two-sided layers`,
  );
});

test('nearly every channel has such a scale, behind a ReLU and elsewhere', () => {
  const next = randomNumbers(1);
  const found = { [-128]: 0, [-14]: 0, [3]: 0 };
  for (let i = 0; i < 1000; i++) {
    const multiplier = 2 ** 30 + Math.floor(next() * 2 ** 30);
    const shift = -4 - Math.floor(next() * 5);
    const rescale = { multiplier, shift, factor: (multiplier / 2 ** 31) * 2 ** shift };
    const facts = { min: -(2 ** 19), max: 2 ** 19, largestWeight: 127 };
    for (const zeroPoint of [-128, -14, 3] as const)
      if (floatScale(rescale, 'nearest', { outputZeroPoint: zeroPoint, clamp: INT8 }, facts) !== null)
        found[zeroPoint] += 1;
  }
  assert.ok(found[-128] > 980 && found[-14] > 900 && found[3] > 900, `${JSON.stringify(found)} of 1000`);
});

test('there is none where there cannot be one', () => {
  const rescale = { multiplier: 1234567890, shift: -6, factor: 1234567890 / 2 ** 37 };
  const facts = { min: -(2 ** 19), max: 2 ** 19, largestWeight: 127 };
  const none = (...[change = {}, output = {}, accumulators = {}]: readonly object[]): void => {
    const clamped = { outputZeroPoint: -128, clamp: INT8, ...output };
    assert.equal(
      floatScale({ ...rescale, ...change }, 'nearest', clamped, { ...facts, ...accumulators }),
      null,
    );
  };
  none({ shift: 1 });
  none({ shift: -13 }, {}, { max: 2 ** 30 });
  none({}, { clamp: { min: -8, max: 7 } });
  none({}, {}, { max: 2 ** 31 });
});

test('a panel of channels takes the float path if each of them can', () => {
  const pathOf = (outputZeroPoint: number, factors: readonly number[]): number => {
    const parameters = new Uint8Array(160);
    packPanels(
      {
        firstChannel: 0,
        channels: factors.length,
        taps: 4,
        weight: (_, tap) => 127 - 60 * tap,
        bias: undefined,
        facts: {
          accumulator: 'int32',
          rescales: {
            output: factors.map((factor) => {
              const shift = Math.floor(Math.log2(factor)) + 1;
              return { factor, multiplier: Math.round(factor * 2 ** (31 - shift)), shift };
            }),
          },
          weightZeroPoints: factors.map(() => 0),
          inputZeroPoints: [-128],
          outputZeroPoint,
          clamp: INT8,
        },
        rounding: 'nearest',
      },
      new Int32Array(8),
      parameters,
      () => {},
    );
    return new Int32Array(parameters.buffer, 48, 1)[0]!;
  };
  assert.equal(pathOf(-128, [0.0123, 0.0456, 0.00789]), -2);
  assert.equal(pathOf(-128, [0.0123, 0.0456, 1.3]), -1);
  assert.equal(pathOf(3, [0.0123, 0.0456, 0.00789]), -3);
});
