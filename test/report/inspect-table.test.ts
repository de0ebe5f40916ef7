import { inspectTable } from '../../src/report/index.js';
import { assert, test } from '../harness.js';

const conv = {
  index: 1,
  name: 'Conv1',
  className: 'Conv2D',
  shape: [112, 112, 32],
  parameters: 864,
  macs: 10838016,
  merges: ['bn_Conv1', 'Conv1_relu'],
};

test('layers are listed with their cost and what can merge into them', () => {
  const input = {
    ...conv,
    index: 0,
    name: 'input',
    className: 'InputLayer',
    parameters: 0,
    macs: 0,
    merges: [],
  };
  assert.is(
    inspectTable({
      rows: [input, conv],
      totals: { layers: 2, parameters: 3538984, macs: 300774272 },
    }),
    `index  name   class       output shape  parameters         MACs  can merge
    0  input  InputLayer    112x112x32           0            0
    1  Conv1  Conv2D        112x112x32         864   10,838,016  bn_Conv1 + Conv1_relu
       total  2 layers                   3,538,984  300,774,272
`,
  );
});

test('long names lose their middle and hostile ones their escapes', () => {
  const long = `block_${'x'.repeat(60)}_depthwise`;
  const rows = [{ ...conv, name: long, merges: ['\x1b[2Jbn'] }];
  const text = inspectTable({ rows, totals: { layers: 1, parameters: 1, macs: 999 } });
  assert.match(text, `  block_${'x'.repeat(14)}…${'x'.repeat(9)}_depthwise  Conv2D`);
  assert.match(text, / 10,838,016 {2}bn\n/);
  assert.match(text, / 1 layer .* 999\n$/);
});

test('a column says what weights were dequantized from, where some were', () => {
  const rows = [{ ...conv, storedAs: 'float16' }, conv];
  const [head, first, second] = inspectTable({
    rows,
    totals: { layers: 2, parameters: 1, macs: 999 },
  }).split('\n');
  assert.match(head!, /parameters {2}dequantized from {8}MACs/);
  assert.match(first!, / 864 {2}float16 +10,838,016 /);
  assert.match(second!, / 864 +10,838,016 /);
});
