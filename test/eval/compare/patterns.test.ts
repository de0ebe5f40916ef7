import fc from 'fast-check';
import { clamp, roundHalfAwayFromZero } from '../../../src/core/index.js';
import {
  detectBias,
  detectBorder,
  detectClamp,
  detectLayout,
  detectOffset,
  detectPart,
  detectPatterns,
  detectRounding,
  detectScale,
  differingOf,
  type IntegerFacts,
  identical,
  type Pattern,
  type Values,
} from '../../../src/eval/compare/patterns/index.js';
import { assert, test } from '../../harness.js';
import { noise } from '../../networks.js';

const INT8: IntegerFacts = { min: -128, max: 127, low: -128, high: 127, zeroPoint: 3 };

/** Numbers of the seed in [−range, range). */
const random = (seed: number, length: number, range: number): Float64Array => {
  const next = noise(seed);
  return Float64Array.from({ length }, () => next() * range);
};

/** A tensor of A that rounds `exact`, and what B makes of it. */
function integers(
  exact: Float64Array,
  b: (exact: number, a: number, i: number) => number,
  facts: Partial<IntegerFacts> = {},
): Values {
  const integer = { ...INT8, ...facts };
  const { zeroPoint, low, high } = integer;
  const a = exact.map((x) => clamp(roundHalfAwayFromZero(x - zeroPoint) + zeroPoint, low, high));
  return { a, b: a.map((value, i) => b(exact[i]!, value, i)), same: identical, integer, exact };
}
const saturate = (value: number): number => clamp(value, -128, 127);
const reals = (a: Float64Array, b: (a: number, i: number) => number): Values => ({
  a,
  b: a.map(b),
  same: identical,
  integer: null,
  exact: null,
});
const kindOf = (pattern: Pattern | null): string => pattern?.kind ?? 'none';
const seeds = fc.integer({ min: 0, max: 1e6 });

/** Asserts that a detector says nothing of noise. */
const silentOnNoise = (detect: (values: Values) => Pattern | null): void =>
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, range) => {
      const other = random(seed + 1, 200, range);
      assert.is(
        detect(integers(random(seed, 200, 100), (_, a, i) => saturate(Math.round(a + other[i]!)))),
        null,
      );
    }),
    { numRuns: 60 },
  );

test('rounding down, up and towards zero are told apart', () => {
  const modes = { floor: Math.floor, ceil: Math.ceil, 'towards zero': Math.trunc };
  fc.assert(
    fc.property(seeds, fc.constantFrom('floor', 'ceil', 'towards zero'), (seed, mode) => {
      const round = modes[mode as keyof typeof modes];
      const values = integers(random(seed, 200, 100), (x) => saturate(round(x - 3) + 3));
      const pattern = detectRounding(values);
      assert.is(pattern?.kind === 'rounding' && pattern.mode, mode);
      assert.is(pattern!.explained, pattern!.differing);
    }),
    { numRuns: 50 },
  );
});

test('differences next to ties are ties, others are not', () => {
  const exact = random(5, 400, 100).map((x, i) => (i % 4 === 0 ? Math.floor(x) + 0.46 : x));
  const upFrom = (threshold: number) =>
    integers(exact, (x) => saturate(Math.floor(x - 3 + 1 - threshold) + 3));
  const near = detectRounding(upFrom(0.45));
  assert.is(near?.kind === 'ties' && near.rule, null);
  assert.ok(near?.kind === 'ties' && near.distance > 0.03 && near.distance <= 0.05);
  assert.is(detectRounding(upFrom(0.2)), null);
  assert.is(detectRounding({ ...upFrom(0.45), exact: null }), null);
});

test('of exact ties the rule is found', () => {
  const exact = random(6, 300, 100).map((x, i) => (i % 3 === 0 ? Math.floor(x) + 0.5 : x));
  const rules = {
    even: (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
    up: (x: number) => Math.floor(x + 0.5),
    down: (x: number) => Math.ceil(x - 0.5),
    'towards zero': (x: number) => Math.sign(x) * Math.ceil(Math.abs(x) - 0.5),
  };
  for (const [rule, round] of Object.entries(rules)) {
    const pattern = detectRounding(integers(exact, (x) => saturate(round(x - 3) + 3)));
    assert.is(pattern?.kind === 'ties' && pattern.rule, rule);
  }
});

test('one rounding where A rounds twice is called nearest', () => {
  const exact = random(7, 300, 100).map((x, i) => (i % 10 === 0 ? Math.floor(x) + 0.47 : x));
  const once = integers(exact, (x) => saturate(roundHalfAwayFromZero(x - 3) + 3));
  // A rounds to a quarter first.
  const twice = exact.map((x) => saturate(roundHalfAwayFromZero(roundHalfAwayFromZero((x - 3) * 4) / 4) + 3));
  const pattern = detectRounding({ ...once, a: twice.map((v, i) => (i % 10 === 0 ? v : once.a[i]!)) });
  assert.is(pattern?.kind === 'rounding' && pattern.mode, 'nearest');
});

test('a constant difference is a zero point, and half of the range signedness', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: -60, max: 60 }).filter((c) => c !== 0),
      (seed, offset) => {
        const pattern = detectOffset(integers(random(seed, 100, 120), (_, a) => saturate(a + offset)));
        assert.is(pattern?.kind === 'zero point' && pattern.offset, offset);
      },
    ),
    { numRuns: 100 },
  );
  const unsigned = detectOffset(integers(random(1, 100, 120), (_, a) => a + 128));
  assert.equal([unsigned?.kind, unsigned?.kind === 'signedness' && unsigned.how], ['signedness', 'offset']);
  const bits = detectOffset(integers(random(1, 100, 120), (_, a) => a & 255));
  assert.equal([bits?.kind, bits?.kind === 'signedness' && bits.how], ['signedness', 'bits']);
  const uint8 = { min: 0, max: 255, low: 0, high: 255, zeroPoint: 128 };
  const asSigned = integers(
    random(1, 100, 120).map((x) => x + 128),
    (_, a) => (a << 24) >> 24,
    uint8,
  );
  assert.is(kindOf(detectOffset(asSigned)), 'signedness');
  assert.is(kindOf(detectOffset(reals(random(1, 50, 1), (a) => a + 0.25))), 'zero point');
  silentOnNoise(detectOffset);
});

test('powers of two are shifts, other factors scales; both survive rounding and saturation', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(-4, -3, -2, -1, 1, 2), (seed, exponent) => {
      const values = integers(random(seed, 200, 100), (x) =>
        saturate(roundHalfAwayFromZero((x - 3) * 2 ** exponent) + 3),
      );
      const pattern = detectScale(values);
      assert.is(pattern?.kind === 'shift' && pattern.exponent, exponent);
    }),
    { numRuns: 60, examples: [[742951, -4]] },
  );
  fc.assert(
    fc.property(seeds, fc.double({ min: 1.1, max: 1.9, noNaN: true }), (seed, factor) => {
      const pattern = detectScale(
        integers(random(seed, 200, 100), (x) => saturate(roundHalfAwayFromZero((x - 3) * factor) + 3)),
      );
      assert.ok(pattern?.kind === 'scale' && Math.abs(pattern.factor - factor) < 0.02);
    }),
    { numRuns: 60 },
  );
  const line = detectScale(reals(random(2, 50, 4), (a) => Math.fround(-1.5 * a + 2)));
  assert.ok(line?.kind === 'scale' && Math.abs(line.factor + 1.5) < 1e-6 && Math.abs(line.offset - 2) < 1e-6);
  assert.is(kindOf(detectScale(reals(random(2, 50, 4), (a) => a * 4))), 'shift');
  silentOnNoise(detectScale);
});

test('a clamp that one side lacks is found, with its bounds', () => {
  const relu = { low: 3 };
  const missing = detectClamp(integers(random(3, 200, 100), (x) => saturate(Math.round(x)), relu));
  assert.equal(missing?.kind === 'clamp' && [missing.missingIn, missing.low, missing.high], ['B', 3, null]);
  const extra = detectClamp(integers(random(3, 200, 100), (_, a) => clamp(a, 3, 50)));
  assert.equal(extra?.kind === 'clamp' && [extra.missingIn, extra.low, extra.high], ['A', 3, 50]);
  const float = detectClamp(reals(random(4, 100, 8), (a) => clamp(a, 0, 6)));
  assert.equal(float?.kind === 'clamp' && [float.missingIn, float.low, float.high], ['A', 0, 6]);
  silentOnNoise(detectClamp);
});

test('wrapping around is told from saturation', () => {
  const wrap = (x: number): number => ((((Math.round(x) + 128) % 256) + 256) % 256) - 128;
  assert.is(kindOf(detectClamp(integers(random(3, 200, 300), wrap))), 'wrapped');
  const otherwise = integers(random(3, 200, 300), (_, a, i) => (a === 127 ? i % 100 : a));
  const pattern = detectClamp({ ...otherwise, exact: null });
  assert.equal(pattern?.kind === 'clamp bound' && pattern.at, [127]);
});

test('a difference of its own in each channel is a bias', () => {
  const biases = [0, 5, -7, 2];
  const values = integers(random(8, 400, 80), (x, _, i) => saturate(Math.round(x) + biases[i % 4]!));
  const pattern = detectBias(values, 4);
  assert.equal(pattern?.kind === 'bias' && [pattern.smallest, pattern.largest], [-7, 5]);
  silentOnNoise((noisy) => detectBias(noisy, 4));
});

test('every order of dimensions is recognized', () => {
  const shape = [2, 3, 4, 5];
  const a = random(9, 120, 100).map(Math.round);
  const orders: readonly (readonly [string, readonly number[]])[] = [
    ['NCHW instead of NHWC', [0, 3, 1, 2]],
    ['NWHC instead of NHWC', [0, 2, 1, 3]],
    ['CHWN instead of NHWC', [3, 1, 2, 0]],
  ];
  const strides = [60, 20, 5, 1];
  for (const [how, order] of orders) {
    const sizes = order.map((d) => shape[d]!);
    const b = Float64Array.from(a, (_, i) => {
      let [rest, at] = [i, 0];
      for (let d = 3; d >= 0; d--) {
        at += (rest % sizes[d]!) * strides[order[d]!]!;
        rest = Math.floor(rest / sizes[d]!);
      }
      return a[at]!;
    });
    const pattern = detectLayout({ a, b, same: identical, integer: INT8, exact: null }, shape);
    assert.is(pattern?.kind === 'layout' && pattern.how, how);
  }
  const reversed = a.map((_, i) => a[i - (i % 5) + 4 - (i % 5)]!);
  const channels = detectLayout({ a, b: reversed, same: identical, integer: INT8, exact: null }, shape);
  assert.is(channels?.kind === 'layout' && channels.how, 'channels reversed');
  const flipped = a.map((_, i) => a[i - 5 * (Math.floor(i / 5) % 4) + 5 * (3 - (Math.floor(i / 5) % 4))]!);
  const columns = detectLayout({ a, b: flipped, same: identical, integer: INT8, exact: null }, shape);
  assert.is(columns?.kind === 'layout' && columns.how, 'columns reversed');
  silentOnNoise((values) => detectLayout(values, [2, 5, 5, 4]));
});

test('places: edges of images, channels, samples; few differences say nothing', () => {
  const shape = [2, 8, 6, 4];
  const positions = Array.from({ length: 384 }, (_, i) => i);
  const at = (i: number) => ({
    sample: Math.floor(i / 192),
    row: Math.floor(i / 24) % 8,
    column: Math.floor(i / 4) % 6,
    channel: i % 4,
  });
  const some = (test: (place: ReturnType<typeof at>) => boolean) =>
    Int32Array.from(positions.filter((i) => test(at(i))));
  const bottomRight = detectBorder(
    shape,
    some(({ row, column }) => row === 7 || column === 5),
  );
  assert.equal(bottomRight?.kind === 'border' && [bottomRight.width, bottomRight.edges], [
    1,
    ['bottom', 'right'],
  ]);
  const wide = detectBorder(
    shape,
    some(({ row }) => row < 2),
  );
  assert.equal(wide?.kind === 'border' && [wide.width, wide.edges], [2, ['top']]);
  assert.is(
    detectBorder(
      shape,
      some(({ row }) => row === 3),
    ),
    null,
  );
  assert.is(detectBorder(shape, Int32Array.of(0, 1)), null);
  const channel = detectPart(
    shape,
    some((place) => place.channel === 2),
    'channel',
  );
  assert.equal(channel?.kind === 'part' && [channel.indices, channel.of], [[2], 4]);
  const sample = detectPart(
    shape,
    some((place) => place.sample === 1),
    'sample',
  );
  assert.equal(sample?.kind === 'part' && [sample.indices, sample.of], [[1], 2]);
  assert.is(
    detectPart(
      shape,
      some(() => true),
      'channel',
    ),
    null,
  );
  assert.is(detectPart(shape, Int32Array.of(1), 'channel'), null);
});

test('a tensor gets its place and its kind; the kind is that of the channels that differ', () => {
  const shape = [1, 10, 10, 8];
  const values = integers(random(11, 800, 100), (x, a, i) =>
    i % 8 === 5 ? saturate(roundHalfAwayFromZero((x - 3) / 4) + 3) : a,
  );
  const found = detectPatterns(values, shape);
  assert.equal(
    found.map((pattern) => [pattern.kind, 'exponent' in pattern && pattern.exponent]),
    [
      ['part', false],
      ['shift', -2],
    ],
  );
  assert.equal(
    detectPatterns(
      integers(random(11, 800, 100), (_, a) => a),
      shape,
    ),
    [],
  );
  const zero = detectPatterns(
    integers(random(11, 800, 100), () => 3),
    shape,
  );
  assert.equal(zero.map(kindOf), ['constant']);
});

test('no number among the elements misleads or stops a detector', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double(), fc.double()), { minLength: 1, maxLength: 40 }),
      fc.boolean(),
      (pairs, isInteger) => {
        const [a, b] = [0, 1].map((side) => Float64Array.from(pairs, (pair) => pair[side]!));
        const values = {
          a: a!,
          b: b!,
          same: identical,
          integer: isInteger ? INT8 : null,
          exact: isInteger ? a! : null,
        };
        const differing = differingOf(values).length;
        for (const pattern of detectPatterns(values, [1, 1, pairs.length, 1])) {
          assert.ok(pattern.explained <= pattern.differing && pattern.differing <= differing);
          assert.ok(
            Object.values(pattern).every((value) => typeof value !== 'number' || Number.isFinite(value)),
          );
        }
      },
    ),
  );
});
