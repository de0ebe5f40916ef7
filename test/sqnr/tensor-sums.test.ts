import fc from 'fast-check';
import { perTensor, type Tensor, type TensorData, viewOf } from '../../src/core/index.js';
import { buildProgram, openPlace } from '../../src/engine/index.js';
import { loadKernels } from '../../src/eval/index.js';
import { noiseInto, openSum, type SumKind, squaresInto, sumBytes, takeSum } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { noisyValues } from '../networks.js';

/** λ and μ of samples of a float tensor and its twin, by the fast kernels or plainly. */
function sums(kind: SumKind, twin: Tensor, samples: number, isFast: boolean) {
  const count = twin.shape[0]!;
  const kernels = isFast ? loadKernels() : undefined;
  const reference: Tensor = { name: 'a', shape: [count], dtype: 'float32' };
  const graph = {
    name: 'net',
    tensors: new Map([reference, { ...twin, name: 'b' }].map((tensor) => [tensor.name, tensor])),
    nodes: [],
    inputs: ['a', 'b'],
    outputs: [],
  };
  const ownBytes = 2 * sumBytes(kind, twin);
  const place = openPlace(buildProgram([graph], { ...(kernels && { kernels }), ownBytes }));
  const [model] = place.samples[0]!;
  const lambda = openSum(kind, place, place.own, twin);
  const mu = openSum(kind, place, place.own + sumBytes(kind, twin), twin);
  const [a, b] = [model!.view('a'), model!.view('b')];
  const add = [squaresInto(lambda, a, place.kernels), noiseInto(mu, a, twin, b, place.kernels)];
  for (let sample = 0; sample < samples; sample++) {
    const values = noisyValues(2 * sample + 1, count, 4);
    const others = noisyValues(2 * sample + 2, count, 4);
    const stored = viewOf(twin.dtype, new ArrayBuffer(count * 4), 0, count) as Float32Array;
    stored.set(twin.dtype === 'float32' ? others : others.map((x) => Math.trunc(x * 31)));
    model!.feed([values, stored as TensorData]);
    for (const one of add) one();
  }
  const taken = [takeSum(lambda), takeSum(mu)];
  assert.equal(
    takeSum(mu),
    mu.values.constructor === Float32Array ? new Float32Array(count) : Float64Array.of(0),
  );
  return taken;
}

test('sums of the fast kernels are those of plain arithmetic, of whole tensors and of activations', () => {
  const cases = fc.record({
    kind: fc.constantFrom<SumKind>('tensor', 'activation'),
    count: fc.integer({ min: 1, max: 70 }),
    samples: fc.integer({ min: 1, max: 3 }),
    dtype: fc.constantFrom('float32', 'int8', 'int16'),
  });
  fc.assert(
    fc.property(cases, ({ kind, count, samples, dtype }) => {
      const quantized = dtype === 'float32' ? {} : { quantization: perTensor(0.03, -7) };
      const twin: Tensor = { name: 'b', shape: [count], dtype, ...quantized };
      assert.equal(sums(kind, twin, samples, true), sums(kind, twin, samples, false));
    }),
    { numRuns: 60 },
  );
});

test('the sum of a whole tensor is that of its activations', () => {
  const twin: Tensor = { name: 'b', shape: [57], dtype: 'float32' };
  const [lambda, mu] = sums('tensor', twin, 2, true);
  const [lambdas, mus] = sums('activation', twin, 2, true);
  const total = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, x) => sum + x, 0);
  assert.ok(Math.abs(lambda![0]! / total(lambdas!) - 1) < 1e-6);
  assert.ok(Math.abs(mu![0]! / total(mus!) - 1) < 1e-6);
});
