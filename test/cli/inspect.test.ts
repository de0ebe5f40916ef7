import { assert, test } from '../harness.js';
import { MODEL, succeed } from './qpann.js';

test('inspect prints a table of layers and totals', async () => {
  const lines = (await succeed('inspect', MODEL)).split('\n');
  assert.is(lines.filter((line) => line !== '').length, 1 + 65 + 1);
  assert.match(lines[0]!, /^index +name +class +output shape +parameters +MACs +can merge$/);
  assert.match(lines[2]!, /^ +1 +Conv1 +Conv2D +1x32x32x12 +324 +331,776 +bn_Conv1 \+ Conv1_relu$/);
  assert.match(lines[66]!, /^ +total +65 layers +46,074 +3,188,912 *$/);
});

test('inspect --json has the same for programs', async () => {
  const { rows, totals } = JSON.parse(await succeed('inspect', MODEL, '--json'));
  assert.equal(totals, { layers: 65, parameters: 46_074, macs: 3_188_912 });
  assert.equal(rows[1], {
    index: 1,
    name: 'Conv1',
    className: 'Conv2D',
    shape: [1, 32, 32, 12],
    parameters: 324,
    macs: 331_776,
    merges: ['bn_Conv1', 'Conv1_relu'],
  });
});
