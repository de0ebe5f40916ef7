import {
  clamp,
  multiplyByQuantizedMultiplier,
  type Numerics,
  quantizeMultiplier,
} from '../../src/core/index.js';
import { weightedSum } from '../../src/kernels/weighted-sum.js';
import type { Requantization, Rescale } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';
import { forRandomNumbers, oneOf } from './layers.js';

const LEFT_SHIFT = 20;

const rescale = (factor: number): Rescale => ({ factor, ...quantizeMultiplier(factor) });

/** The facts of an add, as `ops/support/scaled-sum.ts` makes them. */
function factsOf(next: () => number, scales: readonly [number, number, number]): Requantization {
  const [a, b, output] = scales;
  const twiceMaxScale = 2 * Math.max(a, b);
  const zeroPoint = (): number => oneOf(next, -128, 127, 0, Math.floor(next() * 256) - 128);
  const outputZeroPoint = oneOf(next, -128, 0, Math.floor(next() * 200) - 128);
  return {
    rescales: {
      a: rescale(a / twiceMaxScale),
      b: rescale(b / twiceMaxScale),
      output: rescale(twiceMaxScale / (2 ** LEFT_SHIFT * output)),
    },
    constants: { leftShift: LEFT_SHIFT },
    inputZeroPoints: [zeroPoint(), zeroPoint()],
    outputZeroPoint,
    clamp: {
      min: outputZeroPoint <= 0 ? oneOf(next, -128, outputZeroPoint) : -128,
      max: oneOf(next, 127, 126),
    },
  };
}

/** Whether a sum by weights is found; then it is compared with the three rescales for all pairs. */
function isFound(facts: Requantization, rounding: Numerics['rounding']): boolean {
  const sum = weightedSum(facts, rounding);
  if (sum === null) return false;
  const { weightA, weightB, offset, bits } = sum;
  const { a, b, output } = facts.rescales as Readonly<Record<string, Rescale>>;
  const apply = (x: number, { multiplier, shift }: Rescale): number =>
    multiplyByQuantizedMultiplier(x, multiplier, shift, rounding);
  const { min, max } = facts.clamp;
  const [zeroPointA, zeroPointB] = facts.inputZeroPoints as [number, number];
  for (let x = -128; x < 128; x++)
    for (let y = -128; y < 128; y++) {
      const raw =
        apply((x - zeroPointA) * 2 ** LEFT_SHIFT, a!) + apply((y - zeroPointB) * 2 ** LEFT_SHIFT, b!);
      const expected = clamp(apply(raw, output!) + facts.outputZeroPoint, min, max);
      const value = clamp((Math.imul(x, weightA) + Math.imul(y, weightB) + offset) >> bits, min, max);
      if (value !== expected) assert.is(value, expected, `${x} + ${y} with ${JSON.stringify(facts)}`);
    }
  return true;
}

test('a weighted sum is the sum of three rescales, for every pair; nearly every add has one', () => {
  let found = 0;
  forRandomNumbers(120, (next) => {
    const scale = (): number => Math.fround(0.01 + 0.1 * next());
    const rounding = oneOf(next, 'nearest', 'nearest', 'floor');
    if (isFound(factsOf(next, [scale(), scale(), scale()]), rounding)) found += 1;
  });
  assert.ok(found >= 110, `${found} of 120`);
});

test('scales far apart, and scales whose sums lie halfway between two outputs', () => {
  forRandomNumbers(60, (next) => {
    const scale = (): number => oneOf(next, 2 ** -12, 2 ** -6, 0.05, 1, 0.1 + next());
    isFound(factsOf(next, [scale(), scale(), scale()]), oneOf(next, 'nearest', 'floor'));
  });
});
