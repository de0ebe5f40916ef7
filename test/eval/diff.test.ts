import { changes } from '../../src/eval/diff/changes.js';
import { diffRuns, judge, parseCondition } from '../../src/eval/index.js';
import { diffText } from '../../src/report/index.js';
import { assert, test } from '../harness.js';
import { madeUpRun } from '../report/html/runs.js';

const before = madeUpRun({ name: 'before', lost: 4 });
const after = madeUpRun({ name: 'after', lost: 6, noise: 2.5 });
const diff = diffRuns(before, after);
const failed = (text: string, d = diff): boolean => judge(d, parseCondition(text)).failed;

test('what changed is told: configs, accuracy, SQNR and images', () => {
  assert.equal(diff.configs, [{ key: 'recreation[0].weight_bits', a: 8, b: 4 }]);
  const { top1, lost, won, p } = diff.models.recreated;
  assert.equal([top1.a, top1.b, lost, won, p], [0.9, 0.85, 2, 0, 0.5]);
  assert.is(diff.sqnr.compared, 13);
  assert.is(diff.sqnr.changed.length, 12);
  assert.is(diff.sqnr.changed[0]!.change_db, -2.5);
  assert.equal(
    diff.flips.map(({ file, kind }) => [file, kind]),
    [
      ['image_00004.jpg', 'lost'],
      ['image_00005.jpg', 'lost'],
    ],
  );
  const text = diffText(diff, [judge(diff, parseCondition('top1_drop>0.5%'))], before.labelNames);
  for (const line of [
    'recreation[0].weight_bits  8  4',
    'Recreated  top-1      90.00%  85.00%   -5.00  lost 2, won 0, McNemar p 0.5000',
    'SQNR of the Recreated model: 12 of 13 tensors changed (in dB)',
    'image_00004.jpg  class_4  class_4  class_5  lost',
    'FAILED: top1_drop>0.5% (top1_drop is 5 %)',
  ])
    assert.ok(text.includes(line), `${line}\nin\n${text}`);
});

test('a run beside itself has no changes', () => {
  const same = diffRuns(before, before);
  assert.equal([same.configs, same.sqnr.changed, same.flips], [[], [], []]);
  assert.not.ok(failed('flips>0', same));
  assert.match(diffText(same, []), 'The configs are the same.');
});

test('limits are passed or not, at the limit too', () => {
  assert.ok(failed('top1_drop>4.9%'));
  assert.not.ok(failed('top1_drop>5%'));
  assert.ok(failed('top1_drop >= 5 %'));
  assert.not.ok(failed('sqnr_drop>2.5dB'));
  assert.ok(failed('sqnr_drop>2.4 dB'));
  assert.ok(failed('flips>1'));
  assert.not.ok(failed('flips>2'));
  assert.not.ok(failed('top1_drop>0%', diffRuns(after, before)), 'a gain is no drop');
});

test('noise where there was none passes every limit of SQNR', () => {
  const quiet = madeUpRun({ name: 'quiet' });
  const { sqnr } = quiet.results;
  const tensors = sqnr.recreated.tensors.map((row, i) =>
    i === 1 ? { ...row, sqnr_db: null, identical: true } : row,
  );
  const results = { ...quiet.results, sqnr: { ...sqnr, recreated: { ...sqnr.recreated, tensors } } };
  const loud = diffRuns({ ...quiet, results }, quiet);
  assert.is(judge(loud, parseCondition('sqnr_drop>100dB')).value, Number.POSITIVE_INFINITY);
  assert.ok(failed('sqnr_drop>100dB', loud));
});

test('limits that are none are refused', () => {
  for (const [text, what] of [
    ['', 'expected a measure'],
    ['top1_drop', 'expected a measure'],
    ['top1_drop<1%', 'expected a measure'],
    ['top1_drop>-1%', 'expected a measure'],
    ['accuracy>1%', 'there is no measure accuracy'],
    ['toString>1', 'expected a measure'],
    ['constructor>1', 'there is no measure constructor'],
    ['top1_drop>1', 'the limit of top1_drop is in %'],
    ['sqnr_drop>3%', 'the limit of sqnr_drop is in dB'],
    ['flips>3%', 'the limit of flips is a number of images'],
  ] as const)
    assert.throws(() => parseCondition(text), new RegExp(what), text);
});

test('changes of configs are named by key; lists of values stay whole', () => {
  assert.equal(changes('c', [{ a: [1, 2], b: { x: 1 } }], [{ a: [1, 3], b: {} }, { n: 1 }]), [
    { key: 'c[0].a', a: [1, 2], b: [1, 3] },
    { key: 'c[0].b.x', a: 1, b: undefined },
    { key: 'c[1]', a: undefined, b: { n: 1 } },
  ]);
});
