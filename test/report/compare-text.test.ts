import type { Comparison, Pattern, TensorComparison } from '../../src/eval/index.js';
import { compareText } from '../../src/report/index.js';
import { patternText, rough } from '../../src/report/pattern-text.js';
import { assert, test } from '../harness.js';

const all = { explained: 8, differing: 8 };

const SENTENCES: readonly (readonly [Pattern, RegExp])[] = [
  [
    { kind: 'rounding', mode: 'floor', ...all },
    /^rounding: B rounds down \(floor\) where A rounds to nearest$/,
  ],
  [{ kind: 'rounding', mode: 'nearest', ...all }, /^ties: B rounds once to nearest/],
  [
    { kind: 'ties', distance: 0, rule: 'even', ...all },
    /^ties: only exact ties differ; B rounds them to even$/,
  ],
  [{ kind: 'ties', distance: 0.03, rule: null, ...all }, /^ties: all off by one, within 0\.030 of a tie$/],
  [
    { kind: 'shift', exponent: -1, explained: 7, differing: 8 },
    /A · 2\^-1 .* \(explains 7 of 8 differences\)$/,
  ],
  [
    { kind: 'scale', factor: 1.25, offset: -3, ...all },
    /^scale: B is about A · 1\.25 − 3 after the zero point$/,
  ],
  [{ kind: 'zero point', offset: 3, ...all }, /^zero point: B is A \+ 3$/],
  [
    { kind: 'signedness', how: 'offset', offset: 128, ...all },
    /^signedness: B is A \+128, half of the range/,
  ],
  [{ kind: 'signedness', how: 'bits', offset: 256, ...all }, /^signedness: B has A's bits/],
  [{ kind: 'clamp', missingIn: 'B', low: -3, high: null, ...all }, /^clamp: A is limited from -3, B is not/],
  [{ kind: 'clamp', missingIn: 'A', low: 0, high: 6, ...all }, /^clamp: B is limited from 0 to 6, A is not/],
  [{ kind: 'clamp bound', at: [-128, 127], ...all }, /^clamp: .* only where A is at its bound -128 or 127$/],
  [{ kind: 'wrapped', ...all }, /^clamp: B wraps around where A saturates$/],
  [{ kind: 'layout', how: 'NCHW instead of NHWC', ...all }, /^layout: .*: NCHW instead of NHWC$/],
  [{ kind: 'constant', value: 0, ...all }, /^constant: B is 0 throughout$/],
  [
    { kind: 'bias', smallest: -2, largest: 5, ...all },
    /^bias: a constant difference in each channel, -2 to \+5:/,
  ],
  [
    { kind: 'border', width: 1, edges: ['top', 'left'], ...all },
    /^border: only within 1 pixel .*\(top, left\): pad/,
  ],
  [
    { kind: 'part', dimension: 'channel', indices: [3], of: 16, ...all },
    /^channels: only in 1 channel of 16 \(3\)/,
  ],
  [{ kind: 'part', dimension: 'sample', indices: [1, 2], of: 9, ...all }, /^samples: only in 2 samples of 9/],
];
test('every pattern is one sentence', () => {
  for (const [pattern, sentence] of SENTENCES) assert.match(patternText(pattern), sentence);
});

test('numbers have about four digits', () => {
  assert.equal([0, -128, 0.123456, 1e-7, 123456.7, 2e9].map(rough), [
    '0',
    '-128',
    '0.1235',
    '1.000e-7',
    '123500',
    '2.000e+9',
  ]);
});

const tensor = (name: string, more: Partial<TensorComparison> = {}): TensorComparison => ({
  tensor: name,
  name_b: name,
  source: { index: 2, name, class: 'CONV_2D' },
  shape: [1, 2, 2, 4],
  shape_b: [1, 2, 2, 4],
  dtype: 'int8',
  dtype_b: 'int8',
  real: false,
  elements: 16,
  equal: 16,
  off_by_one: 0,
  larger: 0,
  max_abs: 0,
  max_rel: null,
  sqnr_db: null,
  first: null,
  cause: false,
  patterns: [],
  model_differences: [],
  ...more,
});
const comparison = (...tensors: TensorComparison[]): Comparison => ({
  schema: 'qpann.compare/1',
  a: 'a.tflite',
  b: 'dump',
  samples: 1,
  isolated: false,
  tolerance: 0,
  atol: 0,
  pairing: { method: 'name', paired: tensors.length, tensors_a: 9, tensors_b: 5, unpaired_b: [] },
  equal: tensors.every(({ equal, elements }) => equal === elements),
  first: null,
  tensors,
});

test('the text of a comparison', () => {
  const text = compareText(
    comparison(
      tensor('one'),
      tensor('two'),
      tensor('three\u001b[31m', {
        equal: 10,
        off_by_one: 4,
        larger: 2,
        max_abs: 5,
        sqnr_db: 30.123,
        cause: true,
        first: { index: [0, 1, 0, 2], a: 3, b: 8, real_a: 0.3, real_b: 0.8 },
        patterns: [{ kind: 'shift', exponent: 1, explained: 6, differing: 6 }],
        model_differences: ['strides [1,1], in B [2,2]'],
      }),
      tensor('four', {
        shape_b: [4, 4],
        equal: 0,
        off_by_one: null,
        larger: 16,
        max_abs: null,
        dtype_b: 'int32',
      }),
      tensor('five'),
    ),
  );
  assert.is(
    text,
    `A: a.tflite
B: dump
1 sample; 5 of A's 9 and B's 5 tensors paired by name

First difference: three (2 CONV_2D), 6 of 16 elements
  at [0, 1, 0, 2]: A 3, B 8 (0.3 and 0.8)
  shift: B is about A · 2^1 after the zero point
  the models: strides [1,1], in B [2,2]

operator   tensor           type        elements  equal  off by 1  larger  max |Δ|  max rel   SQNR
           2 tensors equal
2 CONV_2D  three            int8              16     10         4       2        5        -  30.12  ← here
2 CONV_2D  four             int8/int32        16      0         -      16        -        -      -
           1 tensor equal

2 of 5 paired tensors differ. 1 of them may follow from earlier ones; --isolate tells.
`,
  );
});

test('a tensor of another shape says so', () => {
  const text = compareText(
    comparison(tensor('x', { equal: 0, larger: 16, shape_b: [1, 4, 2, 2], cause: true })),
  );
  assert.match(text, 'shape 1x2x2x4 in A, 1x4x2x2 in B');
});
