import fc from 'fast-check';
import { type Graph, perTensor, type Tensor } from '../../src/core/index.js';
import { sharedTensors, sqnrOf, startRecorder, startTotals } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { noisyValues } from '../networks.js';

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

test('integers are compared as the reals that they stand for', () => {
  const reference = graphOf(float('x', 3));
  const other = int8('x', 0.5, -2, 3);
  const recorder = startRecorder(reference, [graphOf(other)]);
  recorder.reference(float('x', 3), Float32Array.of(1, 2, -1));
  recorder.others[0]!(other, Int8Array.of(0, 4, -3));
  const { lambda, mu } = recorder.takeBlock();
  assert.equal(lambda.get('x'), Float32Array.of(1, 4, 1));
  assert.equal(mu[0]!.get('x'), Float32Array.of(0, 1, 0.25));
});

test('sums are float32 within a block and float64 across blocks', () => {
  const x = float('x', 1);
  const recorder = startRecorder(graphOf(x), [graphOf(x)]);
  const totals = startTotals();
  const observe = (reference: number, other: number): void => {
    recorder.reference(x, Float32Array.of(reference));
    recorder.others[0]!(x, Float32Array.of(other));
  };
  // 4096² = 2^24: in float32 adding 1 changes nothing, twice 1 first does.
  observe(4096, 0);
  observe(1, 0);
  observe(1, 0);
  const first = recorder.takeBlock();
  assert.is(first.lambda.get('x')![0], 2 ** 24);
  assert.is(first.mu[0]!.get('x')![0], 2 ** 24);
  observe(1, 0);
  const second = recorder.takeBlock();
  assert.is(second.lambda.get('x')![0], 1, 'taking a block starts again at 0');
  totals.add(first);
  totals.add(second);
  // μ = 2^24 + 1 exactly: float64 keeps it.
  assert.equal(totals.sqnr(0).get('x'), sqnrOf(of(2 ** 24 + 1), of(2 ** 24 + 1)));
  const third = Math.fround(0.1);
  observe(third, Math.fround(0.3));
  const difference = Math.fround(third - Math.fround(0.3));
  assert.is(recorder.takeBlock().mu[0]!.get('x')![0], Math.fround(difference * difference));
});

test('every step of a sum rounds to float32, in the order of the samples', () => {
  const x = float('x', 1);
  const recorder = startRecorder(graphOf(x), [graphOf(x)]);
  let [lambda, mu] = [0, 0];
  const [references, others] = [noisyValues(1, 200), noisyValues(2, 200)];
  for (const [i, reference] of references.entries()) {
    recorder.reference(x, Float32Array.of(reference));
    recorder.others[0]!(x, others.subarray(i, i + 1));
    const difference = Math.fround(reference - others[i]!);
    lambda = Math.fround(lambda + Math.fround(reference * reference));
    mu = Math.fround(mu + Math.fround(difference * difference));
    if (i === 99) recorder.takeBlock();
    if (i === 99) [lambda, mu] = [0, 0];
  }
  const block = recorder.takeBlock();
  assert.is(block.lambda.get('x')![0], lambda);
  assert.is(block.mu[0]!.get('x')![0], mu);
});

test('two models against one Reference, tensors that only one of them shares, and unknown ones', () => {
  const [x, y] = [float('x', 1), float('y', 1)];
  const recorder = startRecorder(graphOf(x, y), [graphOf(x), graphOf(x, y)]);
  for (const tensor of [x, y, float('z', 9)])
    recorder.reference(tensor, new Float32Array(tensor.shape[0]!).fill(3));
  recorder.others[0]!(x, Float32Array.of(2));
  recorder.others[0]!(y, Float32Array.of(0));
  recorder.others[1]!(x, Float32Array.of(1));
  recorder.others[1]!(y, Float32Array.of(3));
  const totals = startTotals();
  totals.add(recorder.takeBlock());
  assert.equal([...totals.sqnr(0).keys()], ['x']);
  close(totals.sqnr(0).get('x')!.sqnrDb, 10 * Math.log10(9));
  close(totals.sqnr(1).get('x')!.sqnrDb, 10 * Math.log10(9 / 4));
  assert.is(totals.sqnr(1).get('y')!.identical, true);
  assert.equal(totals.sqnr(2), new Map());
});

test('blocks merged in order give the numbers of one run, whoever recorded them', () => {
  const x = float('x', 2);
  const sample = fc.tuple(
    fc.float({ noNaN: true, min: -9, max: 9 }),
    fc.float({ noNaN: true, min: -9, max: 9 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(sample, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      (blocks) => {
        const record = (recorder: ReturnType<typeof startRecorder>, block: (typeof blocks)[number]) => {
          for (const [a, b] of block) {
            recorder.reference(x, Float32Array.of(a, b));
            recorder.others[0]!(x, Float32Array.of(b, a));
          }
          return recorder.takeBlock();
        };
        const start = () => startRecorder(graphOf(x), [graphOf(x)]);
        const one = start();
        const [together, apart] = [startTotals(), startTotals()];
        for (const block of blocks) together.add(record(one, block));
        const workers = [start(), start()];
        const done = blocks
          .map((_, i) => i)
          .reverse()
          .map((i) => [i, record(workers[i % 2]!, blocks[i]!)] as const);
        for (const [, sums] of done.sort(([i], [j]) => i - j)) apart.add(sums);
        assert.equal(apart.sqnr(0), together.sqnr(0));
      },
    ),
    { seed: 1 },
  );
});
