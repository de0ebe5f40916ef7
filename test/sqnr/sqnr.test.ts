import fc from 'fast-check';
import { type Graph, perTensor, type Tensor } from '../../src/core/index.js';
import { deadChannels, sharedTensors, sqnrOf, worstChannel } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';

const close = (actual: number | null, expected: number): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);
const of = (...values: number[]): Float64Array => Float64Array.of(...values);

test('SQNR is the mean of the ratios in decibel, the aggregate the ratio of the sums', () => {
  const { sqnrDb, aggregateDb, identical, noiseless } = sqnrOf(of(8, 300, 5), of(2, 0.75, 1));
  close(sqnrDb, 10 * Math.log10((4 + 400 + 5) / 3));
  close(aggregateDb, 10 * Math.log10(313 / 3.75));
  assert.equal([identical, noiseless], [false, 0]);
});

test('no signal but noise counts as 0; no noise is left out and counted', () => {
  const { sqnrDb, aggregateDb, noiseless } = sqnrOf(of(0, 20, 7, 0), of(1, 1, 0, 0));
  close(sqnrDb, 10);
  close(aggregateDb, 10 * Math.log10(27 / 2));
  assert.is(noiseless, 2);
});

test('identical and silent tensors have no number', () => {
  assert.equal(sqnrOf(of(4, 0), of(0, 0)), {
    sqnrDb: null,
    aggregateDb: null,
    identical: true,
    noiseless: 2,
  });
  assert.equal(sqnrOf(of(0), of(3)), { sqnrDb: null, aggregateDb: null, identical: false, noiseless: 0 });
  assert.equal(sqnrOf(of(3), of(NaN)), { sqnrDb: null, aggregateDb: null, identical: false, noiseless: 0 });
});

test('the worst channel is that with the lowest SQNR of its own activations', () => {
  const lambda = of(10, 4, 0, 10, 8, 0);
  const mu = of(1, 1, 1, 1, 1, 2);
  const worst = worstChannel(lambda, mu, 3)!;
  assert.is(worst.channel, 1);
  close(worst.sqnrDb, 10 * Math.log10(6));
  assert.is(worstChannel(of(1, 2), of(0, 0), 2), null);
  assert.is(worstChannel(of(2, 2), of(1, 1), 2)!.channel, 0, 'the first of equals');
});

test('the worst channel of one channel is the whole tensor', () => {
  const values = fc.array(
    fc.tuple(fc.float({ min: 0, max: 9, noNaN: true }), fc.float({ min: 0, max: 9, noNaN: true })),
    {
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(values, (pairs) => {
      const [lambda, mu] = [0, 1].map((i) => Float64Array.from(pairs, (pair) => pair[i]!));
      assert.is(worstChannel(lambda!, mu!, 1)?.sqnrDb ?? null, sqnrOf(lambda!, mu!).sqnrDb);
    }),
  );
});

test('a channel is dead if it is 0 everywhere', () => {
  assert.equal(deadChannels(of(0, 1, 0, 0, 2, 0), 3), [0, 2]);
  assert.equal(deadChannels(of(0, 0), 2), [0, 1]);
  assert.equal(deadChannels(of(3), 1), []);
});

const graphOf = (...tensors: Tensor[]): Graph => ({
  name: 'net',
  tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  nodes: [],
  inputs: tensors.filter(({ data }) => data === undefined).map(({ name }) => name),
  outputs: [],
});
const float = (name: string, ...shape: number[]): Tensor => ({ name, shape, dtype: 'float32' });
const int8 = (name: string, scale: number, zeroPoint: number, ...shape: number[]): Tensor => ({
  name,
  shape,
  dtype: 'int8',
  quantization: perTensor(scale, zeroPoint),
});

test('tensors pair by name and shape, constants not', () => {
  const constant: Tensor = { ...float('w', 2), data: new Float32Array(2) };
  const reference = graphOf(float('x', 2), float('y', 2, 3), float('z', 4), constant);
  const other = graphOf(int8('x', 1, 0, 2), float('y', 3, 2), float('q', 4), float('w', 2));
  assert.equal(sharedTensors(reference, other), ['x']);
});
