import fc from 'fast-check';
import { type Graph, perTensor, type Tensor, type TensorData } from '../../src/core/index.js';
import { buildProgram, type KernelModules, openPlace } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import {
  deadChannels,
  openRecorder,
  planRecorder,
  type Recorder,
  SAMPLES_AT_ONCE,
  sharedTensors,
  sqnrOf,
  worstChannel,
} from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { noisyValues } from '../networks.js';
import { takeBlock, totalOf } from './blocks.js';

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

/** A recorder with room for several samples; with fast kernels or without. */
function recorderOf(
  reference: Graph,
  others: readonly Graph[],
  kernels: KernelModules | undefined,
): Recorder {
  const plan = planRecorder(reference, others);
  const program = buildProgram([reference, ...others], {
    ...(kernels && { kernels }),
    samples: SAMPLES_AT_ONCE,
    sideBySide: true,
    ownBytes: plan.bytes,
  });
  return openRecorder(plan, openPlace(program));
}

/** x, and y = x in other shapes, and z that nobody shares; or without y. */
function chain(x: Tensor, ...names: readonly string[]): Graph {
  const tensors = names.map((name): Tensor => ({ ...x, name, shape: [1, ...x.shape] }));
  const graph = graphOf(x, ...tensors);
  return {
    ...graph,
    inputs: [x.name],
    nodes: tensors.map(({ name, shape }, i) => ({
      op: 'reshape',
      attributes: { shape },
      inputs: [i === 0 ? x.name : names[i - 1]!],
      outputs: [name],
    })),
  };
}

const f32 = (...values: number[]): Float32Array => Float32Array.of(...values);

for (const [kind, kernels] of [
  ['fast kernels', loadKernels()],
  ['plain JavaScript', undefined],
] as const) {
  test(`integers are compared as the reals that they stand for (${kind})`, () => {
    const reference = graphOf(float('x', 5));
    const recorder = recorderOf(reference, [graphOf(int8('x', 0.5, -2, 5))], kernels);
    recorder.run([[f32(1, 2, -1, 3, 0), Int8Array.of(0, 4, -3, 127, -128)]]);
    const { lambda, mu } = takeBlock(recorder);
    assert.equal(lambda.get('x'), f32(1, 4, 1, 9, 0));
    assert.equal(mu[0]!.get('x'), f32(0, 1, 0.25, 61.5 ** 2, 63 ** 2));
  });

  test(`sums are float32 within a block and float64 across blocks (${kind})`, () => {
    const x = float('x', 1);
    const recorder = recorderOf(graphOf(x), [graphOf(x)], kernels);
    const observe = (reference: number, other: number): void => recorder.run([[f32(reference), f32(other)]]);
    // 4096² = 2^24: in float32 adding 1 changes nothing, twice 1 first does.
    observe(4096, 0);
    observe(1, 0);
    observe(1, 0);
    const first = takeBlock(recorder);
    assert.is(first.lambda.get('x')![0], 2 ** 24);
    assert.is(first.mu[0]!.get('x')![0], 2 ** 24);
    observe(1, 0);
    const second = takeBlock(recorder);
    assert.is(second.lambda.get('x')![0], 1, 'taking a block starts again at 0');
    const totals = totalOf([first, second]);
    // μ = 2^24 + 1 exactly: float64 keeps it.
    assert.equal(totals.sqnr(0).get('x'), sqnrOf(of(2 ** 24 + 1), of(2 ** 24 + 1)));
    const third = Math.fround(0.1);
    observe(third, Math.fround(0.3));
    const difference = Math.fround(third - Math.fround(0.3));
    assert.is(takeBlock(recorder).mu[0]!.get('x')![0], Math.fround(difference * difference));
  });

  test(`every step of a sum rounds to float32, in the order of the samples, however many run at once (${kind})`, () => {
    const x = float('x', 1);
    const recorder = recorderOf(graphOf(x), [graphOf(x)], kernels);
    const [references, others] = [noisyValues(1, 200), noisyValues(2, 200)];
    const record = (start: number, end: number, atOnce: number) => {
      let [lambda, mu] = [0, 0];
      for (let first = start; first < end; first += atOnce) {
        const samples = Array.from({ length: Math.min(atOnce, end - first) }, (_, i) => first + i);
        recorder.run(samples.map((i) => [references.subarray(i, i + 1), others.subarray(i, i + 1)]));
        for (const i of samples) {
          const difference = Math.fround(references[i]! - others[i]!);
          lambda = Math.fround(lambda + Math.fround(references[i]! * references[i]!));
          mu = Math.fround(mu + Math.fround(difference * difference));
        }
      }
      const block = takeBlock(recorder);
      assert.is(block.lambda.get('x')![0], lambda);
      assert.is(block.mu[0]!.get('x')![0], mu);
    };
    record(0, 99, 1);
    record(99, 200, SAMPLES_AT_ONCE);
  });

  test(`two models against one Reference, and tensors that only one of them shares (${kind})`, () => {
    const x = float('x', 3);
    const recorder = recorderOf(chain(x, 'y', 'z'), [chain(x), chain(x, 'y')], kernels);
    recorder.run([[f32(3, 3, 3), f32(2, 2, 2), f32(1, 3, 3)]]);
    const totals = totalOf([takeBlock(recorder)]);
    assert.equal([...totals.sqnr(0).keys()], ['x']);
    close(totals.sqnr(0).get('x')!.sqnrDb, 10 * Math.log10(9));
    close(totals.sqnr(1).get('x')!.sqnrDb, 10 * Math.log10(9 / 4));
    close(totals.sqnr(1).get('y')!.sqnrDb, 10 * Math.log10(9 / 4));
    assert.equal(totals.sqnr(2), new Map());
  });

  test(`a model that computes shared tensors in another order is kept back (${kind})`, () => {
    const x = float('x', 2);
    const branches = (...order: readonly string[]): Graph => ({
      ...graphOf(x, float('p', 1, 2), float('q', 2, 1)),
      inputs: ['x'],
      nodes: order.map((name) => ({
        op: 'reshape',
        attributes: { shape: name === 'p' ? [1, 2] : [2, 1] },
        inputs: ['x'],
        outputs: [name],
      })),
    });
    const recorder = recorderOf(branches('p', 'q'), [branches('q', 'p')], kernels);
    recorder.run([
      [f32(1, 2), f32(3, 2)],
      [f32(5, 6), f32(5, 9)],
    ]);
    const { mu } = takeBlock(recorder);
    for (const name of ['x', 'p', 'q']) assert.equal(mu[0]!.get(name), f32(4, 9), name);
  });

  test(`blocks merged in order give the numbers of one run, whoever recorded them (${kind})`, () => {
    const x = float('x', 2);
    const sample = fc.tuple(
      fc.float({ noNaN: true, min: -9, max: 9 }),
      fc.float({ noNaN: true, min: -9, max: 9 }),
    );
    const recorders = Array.from({ length: 3 }, () => recorderOf(graphOf(x), [graphOf(x)], kernels));
    fc.assert(
      fc.property(
        fc.array(fc.array(sample, { minLength: 1, maxLength: SAMPLES_AT_ONCE }), {
          minLength: 1,
          maxLength: 5,
        }),
        (blocks) => {
          const record = (recorder: Recorder, block: (typeof blocks)[number]) => {
            recorder.run(block.map(([a, b]): TensorData[] => [f32(a, b), f32(b, a)]));
            return takeBlock(recorder);
          };
          const [one, ...workers] = recorders;
          const together = totalOf(blocks.map((block) => record(one!, block)));
          const done = blocks
            .map((_, i) => i)
            .reverse()
            .map((i) => [i, record(workers[i % 2]!, blocks[i]!)] as const);
          const apart = totalOf(done.sort(([i], [j]) => i - j).map(([, sums]) => sums));
          assert.equal(apart.sqnr(0), together.sqnr(0));
        },
      ),
      { seed: 1 },
    );
  });
}
