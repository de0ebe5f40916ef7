import { assert, test } from '../harness.js';
import { MODEL, newFile, refuse, succeed } from './qpann.js';

test('inspect prints a table of layers and totals', async () => {
  const lines = (await succeed('inspect', MODEL)).split('\n');
  assert.is(lines.filter((line) => line !== '').length, 1 + 65 + 1 + 1);
  assert.match(
    lines[0]!,
    /^index +name +class +output shape +parameters +MACs +bit ops \(M\) +constant bytes +activation bytes +can merge$/,
  );
  assert.match(lines[2]!, /^ +1 +Conv1 +Conv2D +1x32x32x12 +324 +331,776 .*bn_Conv1 \+ Conv1_relu$/);
  assert.match(lines[66]!, /^ +total +65 layers +46,074 +3,188,912 .*$/);
});

test('inspect --json has the same for programs', async () => {
  const { rows, totals } = JSON.parse(await succeed('inspect', MODEL, '--json'));
  const { cost, ...counts } = totals;
  assert.equal(counts, { layers: 65, parameters: 46_074, macs: 3_188_912 });
  assert.equal([cost.macs, cost.bit_operations], [3_188_912, 3_188_912 * 1024]);
  assert.equal(rows[1], {
    index: 1,
    name: 'Conv1',
    className: 'Conv2D',
    shape: [1, 32, 32, 12],
    parameters: 324,
    macs: 331_776,
    cost: {
      macs: 331_776,
      bit_operations: 331_776 * 1024,
      weight_bytes: 324 * 4,
      bias_bytes: 0,
      requantization_bytes: 0,
      activation_bytes: (64 * 64 * 3 + 32 * 32 * 12) * 4,
      bytes_moved: 324 * 4 + (64 * 64 * 3 + 32 * 32 * 12) * 4,
    },
    merges: ['bn_Conv1', 'Conv1_relu'],
  });
});

test('inspect --machine estimates cycles and says what it assumes', async () => {
  const text = await succeed('inspect', MODEL, '--machine', 'ethos-u55-128');
  assert.match(text, / cycles +bound by +can merge\n/);
  assert.match(
    text,
    /\nArm Ethos-U55, 128 MACs per cycle: [\d,]+ cycles, [\d.]+ ms at 500 MHz \(roofline\)\n {2}128 8x8/,
  );
  const { totals, machine } = JSON.parse(
    await succeed('inspect', MODEL, '--machine', 'cortex-m55', '--json'),
  );
  assert.is(machine.clock_hz, 400e6);
  assert.ok(totals.cost.cycles > totals.macs / 2);
});

test('a machine file that is missing or not one is refused', async () => {
  assert.match(await refuse(2, 'inspect', MODEL, '--machine', 'no.json'), /no\.json: there is no such file/);
  const file = newFile('m.json', '{"name": "m"}');
  assert.match(await refuse(2, 'inspect', MODEL, '--machine', file), /m\.json: clock_hz is missing/);
});
