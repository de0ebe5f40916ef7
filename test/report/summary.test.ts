import { summary } from '../../src/report/index.js';
import { assert, test } from '../harness.js';
import { results, tensorRow } from './examples.js';

test('the summary tells accuracy, agreement and what the replaced layers cost', () => {
  assert.is(
    summary(results, { network: 'mobilenet_v2' }),
    `mobilenet_v2
6900 samples, calibrated on 100 (minmax)

model                   top-1               top-5  Δ top-1  Δ top-5  agreement  output dB
Reference  68.81% (4748/6900)  88.22% (6087/6900)
TFLite     67.88% (4684/6900)  87.75% (6055/6900)    -0.93    -0.46     91.23%      21.50
Recreated  68.84% (4750/6900)  88.22% (6087/6900)    +0.03     0.00    100.00%       9.12
Δ: percentage points against the Reference. agreement: same first class as the Reference.
output dB: SQNR of the output.

Replaced layers of the Recreated model: 4 (in dB)
index  layer              class             SQNR  aggregate  Δ input
    1  Conv1              Conv2D           38.10      16.90        -
   12  block_1_depthwise  DepthwiseConv2D  17.45      16.90   -11.20  ← lowest
   20  add                Add              19.00      18.00    +1.50
   21  pad                ZeroPadding2D        ∞          ∞        -

lowest SQNR: block_1_depthwise (index 12): 17.45 dB
largest drop: block_1_depthwise (index 12): -11.2 dB
`,
  );
});

test('with a machine the summary ends with its estimate', () => {
  const machine = {
    name: 'm\x1b[2J',
    clock_hz: 2e8,
    macs: [],
    bandwidth: { weights: 1, activations: 1 },
    assumptions: [],
  };
  const text = summary({ ...results, machine, cost: { ...results.cost, cycles: 123456 } }, { network: 'n' });
  assert.ok(text.endsWith('\n\nRecreated model: m: 123,456 cycles, 0.617 ms at 200 MHz (roofline)\n'), text);
});

const withLayers = (tensors: readonly ReturnType<typeof tensorRow>[]) => ({
  ...results,
  sqnr: { ...results.sqnr, recreated: { output_db: null, tensors } },
});

test('of many layers those with the lowest SQNR are listed, in network order', () => {
  const rows = [3, 9, 1, 7].map((db, position) =>
    tensorRow({ index: 10 - position, layer: `layer_${db}`, sqnr_db: db, delta_db: null }),
  );
  const text = summary(withLayers(rows), { network: 'n', rows: 2 });
  assert.match(
    text,
    `    8  layer_1  DepthwiseConv2D  1.00      16.90        -  ← lowest
   10  layer_3  DepthwiseConv2D  3.00      16.90        -
… 2 more with a higher SQNR in sqnr.csv

lowest SQNR: layer_1 (index 8): 1.00 dB
largest drop: none
`,
  );
});

test('layers without signal, without noise and without replacement', () => {
  const none = { sqnr_db: null, aggregate_db: null, delta_db: null };
  const silent = summary(withLayers([tensorRow(none), tensorRow({ ...none, identical: true })]), {
    network: 'n',
  });
  assert.match(silent, 'no signal  no signal        -  ← lowest\n');
  assert.match(silent, 'lowest SQNR: block_1_depthwise (index 12): no signal\n');
  const identical = summary(withLayers([tensorRow({ ...none, identical: true })]), { network: 'n' });
  assert.match(identical, /Recreated .*100\.00% +∞\n/);
  assert.match(identical, 'lowest SQNR: none, all replaced layers give the same values as the Reference\n');
  assert.match(summary(withLayers([]), { network: 'n' }), '\nNo layer of the Recreated model is replaced.\n');
});

test('no line is wider than 100 columns and names cannot colour the terminal', () => {
  const text = summary(
    {
      ...withLayers([
        tensorRow({
          index: 12345,
          layer: `\x1b[31m${'x'.repeat(300)}`,
          class: 'GlobalAveragePooling2DTwice',
          sqnr_db: -123.456,
          delta_db: -123.4,
        }),
      ]),
      skipped: ['a\x1b[2J.png', 'b.png', 'c.png', 'd.png'],
    },
    { network: '\x1b[31mn'.repeat(99) },
  );
  assert.not.match(text, '\x1b');
  assert.match(text, '\n4 images could not be decoded: a.png, b.png, c.png, …\n');
  for (const line of text.split('\n')) assert.ok([...line].length <= 100, line);
});

test('colour is for those who ask', () => {
  assert.match(summary(results, { network: 'n', color: true }), '\x1b[31m   12  block_1_depthwise');
});
