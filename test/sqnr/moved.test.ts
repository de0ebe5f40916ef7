import type { Graph } from '../../src/core/index.js';
import { graphBuilder } from '../../src/ops/index.js';
import { movedTensors, uniteGraphs } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { recorderOf } from './blocks.js';

const BORDER = [
  [0, 0],
  [1, 0],
];

/** Takes one row of its input, pads it, and puts it in another shape. */
function rows(row: number, { value = 0, border = BORDER, shape = [3, 1] } = {}): Graph {
  const builder = graphBuilder(`row ${row}`);
  const x = builder.input('x', [2, 2]);
  const y = builder.apply('slice', { begin: [row, 0], size: [1, 2] }, [x], 'y');
  const padded = builder.apply('pad', { paddings: border, value }, [y], 'padded');
  return builder.build([builder.apply('reshape', { shape }, [padded], 'column')]);
}

const namesOf = (reference: Graph, ...others: readonly Graph[]): readonly string[] =>
  movedTensors(uniteGraphs(reference, others)).map(({ reference }) => reference);

test('tensors that hold the elements of others need no sums, one behind the other', () => {
  assert.equal(namesOf(rows(0), rows(1)), ['padded', 'column']);
  const { recorder, take } = recorderOf(rows(0), [rows(1)], undefined, true);
  recorder.run([Float32Array.of(1, 2, 3, -3)]);
  const { block, totals } = take();
  assert.equal([...block.lambda.keys()], ['x', 'y']);
  for (const name of ['padded', 'column']) {
    assert.equal(totals.lambda(0, name), Float64Array.of(0, 1, 4));
    assert.equal(totals.mu(0, name), Float64Array.of(0, 4, 25));
  }
});

test('a model that is the Reference as far as the tensor has no noise in it', () => {
  const { recorder, take } = recorderOf(rows(0), [rows(1), rows(0)], undefined, true);
  recorder.run([Float32Array.of(1, Infinity, 3, -3)]);
  assert.is(take().totals.mu(1, 'padded')!.join(), '0,0,NaN');
});

test('sums do not follow where something else than zero fills up', () => {
  assert.equal(namesOf(rows(0, { value: 1 }), rows(1, { value: 1 })), ['column']);
});

test('sums do not follow where a twin is moved otherwise', () => {
  const border = [
    [0, 0],
    [0, 1],
  ];
  assert.equal(namesOf(rows(0), rows(1, { border })), ['column']);
});

test('sums do not follow where a model does not share what is moved', () => {
  const other = graphBuilder('other');
  const x = other.input('x', [2, 2]);
  const y = other.apply('slice', { begin: [1, 0], size: [1, 2] }, [x], 'by another name');
  const padded = other.apply('pad', { paddings: BORDER }, [y], 'padded');
  assert.equal(namesOf(rows(0), rows(1), other.build([padded])), ['column']);
});
