import {
  assembleResults,
  evaluate,
  loadKernels,
  type Probe,
  prepareEvaluation,
  probeLayers,
} from '../../src/eval/index.js';
import type { RecreationEntry } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { demoConfig } from './demo.js';

const kernels = loadKernels()!;
const prepared = (entries: readonly RecreationEntry[], limit = 4) =>
  prepareEvaluation(demoConfig, entries, { limit, kernels });
const plain = ({ layers, ...rest }: Probe) => ({ ...rest, layers: [...layers] });

test('the same with the reference kernels, and again', async () => {
  const evaluation = await prepared([{ all: true, weight_bits: 4 }]);
  const fast = plain(await probeLayers(evaluation, { kernels }));
  assert.equal(fast, plain(await probeLayers(evaluation)));
  assert.equal(fast, plain(await probeLayers(evaluation, { kernels })));
  assert.equal([fast.samples, fast.accumulatorSamples], [4, 2]);
});

test('a layer that alone is replaced has the same local and accumulated SQNR', async () => {
  const evaluation = await prepared([{ layers: ['block_3_depthwise'], all: false, weight_bits: 4 }]);
  const probe = await probeLayers(evaluation, { kernels });
  const { layers } = assembleResults(evaluation, await evaluate(evaluation, { kernels }), probe);
  const replaced = layers.filter((row) => row.replaced);
  assert.equal(
    replaced.map(({ layer }) => layer),
    ['block_3_depthwise'],
  );
  const { sqnr, range, histogram, clip_rate, accumulator } = replaced[0]!;
  assert.ok(Math.abs(sqnr.local_db! - sqnr.accumulated_db!) < 1e-4, JSON.stringify(sqnr));
  assert.ok(Math.abs(sqnr.harmonic_db! - sqnr.local_aggregate_db!) < 1e-9);
  assert.ok(range!.min >= histogram!.min && range!.max < histogram!.max);
  assert.ok(clip_rate! >= 0 && clip_rate! < 0.01);
  assert.ok(accumulator!.bits <= accumulator!.worst_case_bits);
  const others = layers.filter((row) => !row.replaced);
  assert.ok(others.every((row) => row.sqnr.local_db === null && row.accumulator === null));
  assert.ok(others.every((row) => row.clip_rate === null && row.range !== null));
});

test('the harmonic estimate falls from layer to layer, and only counts what a layer depends on', async () => {
  const evaluation = await prepared([{ all: true }]);
  const probe = await probeLayers(evaluation, { kernels });
  const { layers } = assembleResults(evaluation, await evaluate(evaluation, { kernels }), probe);
  const rowOf = new Map(layers.map((row) => [row.tensor, row]));
  for (const { tensor, inputs, sqnr } of layers)
    for (const input of inputs) {
      const before = rowOf.get(input)?.sqnr.harmonic_db ?? Infinity;
      assert.ok(sqnr.harmonic_db! <= before, tensor);
    }
});

test('fewer bits disturb every layer more', async () => {
  const of = async (activation_bits: number) => {
    const evaluation = await prepared([{ all: true, activation_bits }]);
    return probeLayers(evaluation, { kernels });
  };
  const [few, many] = [await of(4), await of(8)];
  for (const [tensor, { local }] of few.layers)
    assert.ok(local!.aggregateDb! < many.layers.get(tensor)!.local!.aggregateDb!, tensor);
});

test('without a probe its fields are null', async () => {
  const evaluation = await prepared([{ all: true }], 1);
  const { layers, probe } = assembleResults(evaluation, await evaluate(evaluation, { kernels }));
  assert.equal(probe, { samples: 0, accumulator_samples: 0 });
  assert.ok(layers.every((row) => row.range === null && row.sqnr.local_db === null));
  assert.ok(layers.every((row) => row.sqnr.harmonic_db === null));
});
