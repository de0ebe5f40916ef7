import fc from 'fast-check';
import { type Graph, perTensor, type Tensor } from '../../src/core/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { graphBuilder } from '../../src/ops/index.js';
import { type Recorder, sqnrOf } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { noisyValues } from '../networks.js';
import { MOST_SAMPLES, recorderOf, takeBlock, totalOf } from './blocks.js';

const COUNT = 3;
const f32 = (...values: number[]): Float32Array => Float32Array.of(...values);
const f64 = (...values: number[]): Float64Array => Float64Array.of(...values);

/** A model that hands on one of the parts of its input as `y`, then in other shapes. */
function part(i: number, names: readonly string[] = [], count = COUNT): Graph {
  const builder = graphBuilder(`part ${i}`);
  const x = builder.input('x', [4, count]);
  let last = builder.apply('slice', { begin: [i, 0], size: [1, count] }, [x], 'y');
  for (const [n, name] of names.entries()) {
    const shape = Array.from({ length: n + 3 }, (_, d) => (d === 0 ? count : 1));
    last = builder.apply('reshape', { shape }, [last], name);
  }
  return builder.build([last]);
}

const image = (...parts: readonly Float32Array[]): Float32Array => {
  const count = parts[0]!.length;
  const values = new Float32Array(4 * count);
  parts.forEach((part, i) => {
    values.set(part, i * count);
  });
  return values;
};

for (const [kind, kernels] of [
  ['fast kernels', loadKernels()],
  ['plain JavaScript', undefined],
] as const) {
  test(`integers are compared as the reals that they stand for, also those of the input (${kind})`, () => {
    const x: Tensor = { name: 'x', shape: [6], dtype: 'float32' };
    const graph: Graph = {
      name: 'net',
      tensors: new Map([['x', x]]),
      nodes: [],
      inputs: ['x'],
      outputs: ['x'],
    };
    const [q8, q16] = (['int8', 'int16'] as const).map(
      (dtype): Tensor => ({
        ...x,
        dtype,
        quantization: { ...perTensor(0.5, -2), bits: dtype === 'int8' ? 8 : 16 },
      }),
    );
    const twins = [q8!, q16!].map((q) => ({ ...graph, tensors: new Map([['x', q]]) }));
    const { recorder, take } = recorderOf(graph, twins, kernels);
    recorder.run([f32(1, 2.125, -1.25, 100, -100, 0)]);
    recorder.run([0, 0.25, 0.5].map((rest) => f32(0, rest, 0, 100, -100, 16400)));
    const { lambda, mu } = take();
    assert.equal(lambda.get('x'), f32(1, 2.125 ** 2 + 0.3125, 1.25 ** 2, 4e4, 4e4, 3 * 16400 ** 2));
    const squares = [0, 0.125 ** 2 + 0.25 ** 2, 0.25 ** 2];
    assert.equal(mu[0]!.get('x')!.subarray(0, 5), f64(...squares, 4 * 35.5 ** 2, 4 * 37 ** 2));
    assert.equal(mu[1]!.get('x'), f64(...squares, 0, 0, 3 * 15.5 ** 2));
  });

  test(`sums are float32 within a block and float64 across blocks (${kind})`, () => {
    const { recorder, take, plan } = recorderOf(part(0, [], 1), [part(1, [], 1)], kernels);
    const observe = (reference: number, other: number): void =>
      recorder.run([image(f32(reference), f32(other))]);
    // 4096² = 2^24: in float32 adding 1 changes nothing, twice 1 first does.
    observe(4096, 0);
    observe(1, 0);
    observe(1, 0);
    const first = take();
    assert.is(first.lambda.get('y')![0], 2 ** 24);
    assert.is(first.mu[0]!.get('y')![0], 2 ** 24);
    observe(1, 0);
    const second = take();
    assert.is(second.lambda.get('y')![0], 1, 'taking a block starts again at 0');
    // μ = 2^24 + 1 exactly: float64 keeps it.
    const totals = totalOf([first.block, second.block], plan);
    assert.equal(totals.sqnr(0).get('y'), sqnrOf(f64(2 ** 24 + 1), f64(2 ** 24 + 1)));
    const third = Math.fround(0.1);
    observe(third, Math.fround(0.3));
    const difference = Math.fround(third - Math.fround(0.3));
    assert.is(take().mu[0]!.get('y')![0], Math.fround(difference * difference));
  });

  test(`every step of a sum rounds to float32, in the order of the samples, however many run at once (${kind})`, () => {
    const { recorder, take } = recorderOf(part(0, [], 1), [part(1, [], 1)], kernels);
    const [references, others] = [noisyValues(1, 200), noisyValues(2, 200)];
    const record = (start: number, end: number, atOnce: number) => {
      let [lambda, mu] = [0, 0];
      for (let first = start; first < end; first += atOnce) {
        const samples = Array.from({ length: Math.min(atOnce, end - first) }, (_, i) => first + i);
        recorder.run(samples.map((i) => image(references.subarray(i, i + 1), others.subarray(i, i + 1))));
        for (const i of samples) {
          const difference = Math.fround(references[i]! - others[i]!);
          lambda = Math.fround(lambda + Math.fround(references[i]! * references[i]!));
          mu = Math.fround(mu + Math.fround(difference * difference));
        }
      }
      const block = take();
      assert.is(block.lambda.get('y')![0], lambda);
      assert.is(block.mu[0]!.get('y')![0], mu);
    };
    record(0, 99, 1);
    record(99, 200, MOST_SAMPLES);
  });

  test(`two models against one Reference, and tensors that only one of them shares (${kind})`, () => {
    const { recorder, take, plan } = recorderOf(part(0, ['z', 'w']), [part(1), part(2, ['z'])], kernels);
    recorder.run([image(f32(3, 3, 3), f32(2, 2, 2), f32(1, 3, 3))]);
    const totals = totalOf([take().block], plan);
    assert.equal([...totals.sqnr(0).keys()], ['x', 'y']);
    assert.ok(totals.sqnr(0).get('x')!.identical);
    assert.equal(totals.sqnr(0).get('y'), sqnrOf(f64(9, 9, 9), f64(1, 1, 1)));
    for (const name of ['y', 'z'])
      assert.equal(totals.sqnr(1).get(name), sqnrOf(f64(9, 9, 9), f64(4, 0, 0)), name);
    assert.equal(totals.sqnr(2), new Map());
  });

  test(`models that are the same share their sums; one that is the Reference has no noise (${kind})`, () => {
    const { recorder, take, plan } = recorderOf(part(0), [part(1), part(1), part(0)], kernels);
    recorder.run([image(f32(3, 3, Infinity), f32(2, 3, 3))]);
    const { block } = take();
    assert.equal([block.lambda.size, block.mu.size], [2, 1]);
    const totals = totalOf([block], plan);
    assert.equal(totals.mu(0, 'y'), f64(1, 0, Infinity));
    assert.is(totals.mu(0, 'y'), totals.mu(1, 'y'));
    assert.is(totals.mu(2, 'y')!.join(), '0,0,NaN');
  });

  test(`one tensor beside two of the Reference has a sum for each (${kind})`, () => {
    const two = (first: number, second: number): Graph => {
      const builder = graphBuilder('two');
      const x = builder.input('x', [4, COUNT]);
      const rows = [first, second].map((row, i) =>
        builder.apply('slice', { begin: [row, 0], size: [1, COUNT] }, [x], `y${i}`),
      );
      return builder.build([builder.apply('add', { activation: 'none' }, rows, 'sum')]);
    };
    const { recorder, take } = recorderOf(two(0, 1), [two(2, 2)], kernels);
    recorder.run([image(f32(1, 2, 3), f32(4, 5, 6), f32(1, 1, 1))]);
    const { mu } = take();
    assert.equal([mu[0]!.get('y0'), mu[0]!.get('y1')], [f64(0, 1, 4), f64(9, 16, 25)]);
  });

  test(`a model that computes shared tensors in another order is kept back (${kind})`, () => {
    const branches = (row: number, ...order: readonly string[]): Graph => {
      const builder = graphBuilder('branches');
      const x = builder.input('x', [4, 2]);
      const y = builder.apply('slice', { begin: [row, 0], size: [1, 2] }, [x], 'y');
      for (const name of order) builder.apply('reshape', { shape: name === 'p' ? [2] : [2, 1] }, [y], name);
      return builder.build(order.slice(0, 1));
    };
    const { recorder, take } = recorderOf(branches(0, 'p', 'q'), [branches(1, 'q', 'p')], kernels);
    recorder.run([image(f32(1, 2), f32(3, 2)), image(f32(5, 6), f32(5, 9))]);
    const { mu } = take();
    for (const name of ['y', 'p', 'q']) assert.equal(mu[0]!.get(name), f64(4, 9), name);
  });

  test(`blocks merged in order give the numbers of one run, whoever recorded them (${kind})`, () => {
    const number = fc.float({ noNaN: true, min: -9, max: 9 });
    const sample = fc.tuple(number, number);
    const recorders = Array.from({ length: 3 }, () => recorderOf(part(0, [], 2), [part(1, [], 2)], kernels));
    fc.assert(
      fc.property(
        fc.array(fc.array(sample, { minLength: 1, maxLength: MOST_SAMPLES }), {
          minLength: 1,
          maxLength: 5,
        }),
        (blocks) => {
          const record = ({ recorder }: { recorder: Recorder }, block: (typeof blocks)[number]) => {
            recorder.run(block.map(([a, b]) => image(f32(a, b), f32(b, a))));
            return takeBlock(recorder);
          };
          const [one, ...workers] = recorders;
          const { plan } = one!;
          const together = totalOf(
            blocks.map((block) => record(one!, block)),
            plan,
          );
          const done = blocks
            .map((_, i) => i)
            .reverse()
            .map((i) => [i, record(workers[i % 2]!, blocks[i]!)] as const);
          const apart = totalOf(
            done.sort(([i], [j]) => i - j).map(([, sums]) => sums),
            plan,
          );
          assert.equal(apart.sqnr(0), together.sqnr(0));
        },
      ),
      { seed: 1 },
    );
  });
}
