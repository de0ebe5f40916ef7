import { inspectTable } from '../../src/report/index.js';
import { assert, test } from '../harness.js';

const cost = {
  macs: 10838016,
  bit_operations: 10838016 * 1024,
  weight_bytes: 3456,
  bias_bytes: 0,
  requantization_bytes: 0,
  activation_bytes: 2207744,
  bytes_moved: 2211200,
};
const nothing = { ...cost, macs: 0, bit_operations: 0, weight_bytes: 0, activation_bytes: 0, bytes_moved: 0 };
const total = { ...cost, peak_activation_bytes: 2207744 };

const conv = {
  index: 1,
  name: 'Conv1',
  className: 'Conv2D',
  shape: [112, 112, 32],
  parameters: 864,
  macs: 10838016,
  cost,
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
    cost: nothing,
    merges: [],
  };
  assert.is(
    inspectTable({
      rows: [input, conv],
      totals: { layers: 2, parameters: 3538984, macs: 300774272, cost: total },
    }),
    `index  name   class       output shape  parameters         MACs  bit ops (M)  constant bytes  activation bytes  can merge
    0  input  InputLayer    112x112x32           0            0         0.00               0                 0
    1  Conv1  Conv2D        112x112x32         864   10,838,016     11098.13           3,456         2,207,744  bn_Conv1 + Conv1_relu
       total  2 layers                   3,538,984  300,774,272     11098.13           3,456         2,207,744

peak activation memory: 2,207,744 bytes
`,
  );
});

test('long names lose their middle and hostile ones their escapes', () => {
  const long = `block_${'x'.repeat(60)}_depthwise`;
  const rows = [{ ...conv, name: long, merges: ['\x1b[2Jbn'] }];
  const text = inspectTable({ rows, totals: { layers: 1, parameters: 1, macs: 999, cost: total } });
  assert.match(text, `  block_${'x'.repeat(14)}…${'x'.repeat(9)}_depthwise  Conv2D`);
  assert.match(text, / 10,838,016 .* {2}bn\n/);
  assert.match(text, / 1 layer .* 999 .*\n/);
});

test('a column says what weights were dequantized from, where some were', () => {
  const rows = [{ ...conv, storedAs: 'float16' }, conv];
  const [head, first, second] = inspectTable({
    rows,
    totals: { layers: 2, parameters: 1, macs: 999, cost: total },
  }).split('\n');
  assert.match(head!, /parameters {2}dequantized from {8}MACs/);
  assert.match(first!, / 864 {2}float16 +10,838,016 /);
  assert.match(second!, / 864 +10,838,016 /);
});

test('with a machine there are cycles, what bounds each layer, and what is assumed', () => {
  const estimate = { cycles: 338688, bound_by: 'macs' } as const;
  const text = inspectTable({
    rows: [{ ...conv, cost: { ...cost, ...estimate } }],
    totals: { layers: 1, parameters: 864, macs: 999, cost: { ...total, cycles: 338688 } },
    machine: {
      name: 'thirty-two\x1b[2J',
      clock_hz: 1e8,
      macs: [],
      bandwidth: { weights: 1, activations: 8 },
      assumptions: ['all busy'],
    },
  });
  assert.match(text, / cycles {2}bound by {2}can merge\n/);
  assert.match(text, / 338,688 {2}macs +bn_Conv1/);
  assert.match(text, /\nthirty-two: 338,688 cycles, 3\.387 ms at 100 MHz \(roofline\)\n {2}all busy\n$/);
});
