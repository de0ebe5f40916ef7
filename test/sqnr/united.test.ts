import fc from 'fast-check';
import { type Graph, realValues, tensorOf } from '../../src/core/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { type RecreationEntry, recreate } from '../../src/quant/index.js';
import { sharedTensors } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { NETS } from '../quant/nets.js';
import { activations, basisOf, inputOf } from '../quant/run.js';
import { MOST_SAMPLES, recorderOf } from './blocks.js';

/** λ and μ of what a graph shares with the Reference, from a run of each alone. */
function sumsApart(reference: Graph, other: Graph, images: readonly Float32Array[]) {
  const sums = new Map<string, [lambda: Float32Array, mu: Float32Array]>();
  for (const image of images) {
    const [own, theirs] = [activations(reference, image), activations(other, image)];
    for (const name of sharedTensors(reference, other)) {
      const a = own.get(name) as Float32Array;
      const b = realValues(tensorOf(other, name), theirs.get(name)!, new Float32Array(a.length));
      const [lambda, mu] = sums.get(name) ?? [new Float32Array(a.length), new Float32Array(a.length)];
      a.forEach((value, i) => {
        const difference = Math.fround(value - b[i]!);
        lambda[i]! += Math.fround(value * value);
        mu[i]! += Math.fround(difference * difference);
      });
      sums.set(name, [lambda, mu]);
    }
  }
  return sums;
}

const entry: fc.Arbitrary<RecreationEntry> = fc.oneof(
  fc.constant({ all: true }),
  fc.record({ all: fc.constant(true), weight_bits: fc.integer({ min: 3, max: 8 }) }),
  fc.record({
    all: fc.constant(true),
    name: fc.constant('conv2d'),
    activation_bits: fc.constantFrom(5, 8, 16),
  }),
);

for (const [name, netOf] of Object.entries(NETS))
  test(`${name}: models run united give the sums of models run apart`, () => {
    const cases = fc.record({
      seed: fc.nat(99),
      entries: fc.tuple(entry),
      samples: fc.integer({ min: 1, max: MOST_SAMPLES }),
      isFast: fc.boolean(),
      isSparing: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ seed, entries, samples, isFast, isSparing }) => {
        const network = netOf(seed);
        const basis = basisOf(network);
        const reference = network.graph;
        const others = [basis.lowered.graph, recreate(basis, entries).graph];
        const { recorder, take } = recorderOf(
          reference,
          others,
          isFast ? loadKernels() : undefined,
          isSparing,
        );
        const images = Array.from({ length: samples }, (_, i) => inputOf(network, i));
        recorder.run(images);
        const { totals } = take();
        for (const [i, other] of others.entries()) {
          const apart = sumsApart(reference, other, images);
          assert.equal([...totals.sqnr(i).keys()], [...apart.keys()]);
          for (const [tensor, [lambda, mu]] of apart) {
            assert.equal(totals.lambda(i, tensor), Float64Array.from(lambda), tensor);
            assert.equal(totals.mu(i, tensor), Float64Array.from(mu), tensor);
          }
        }
      }),
      { seed: 1, numRuns: 12 },
    );
  });

test('what every layer has in common with TensorFlow Lite runs once, and so does what stays in float', () => {
  const network = NETS['mobile block']!(1);
  const basis = basisOf(network);
  const reference = network.graph;
  const countOf = (entries: readonly RecreationEntry[]): number =>
    recorderOf(reference, [basis.lowered.graph, recreate(basis, entries).graph], undefined).nodes;
  // And one conversion at the input.
  const once = reference.nodes.length + basis.lowered.graph.nodes.length + 1;
  assert.is(countOf([{ all: true }]), once);
  assert.is(countOf([]), once);
});
