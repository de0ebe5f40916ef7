import {
  assembleResults,
  type Evaluation,
  type NetworkConfig,
  type Results,
  type SampleResult,
} from '../../src/eval/index.js';
import { type RecreationEntry, recreate } from '../../src/quant/index.js';
import { keyOf, sharedTensors } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { basisOf } from '../quant/run.js';
import { totalOf } from '../sqnr/blocks.js';
import { residualNetwork } from './networks.js';

const network = residualNetwork();
const basis = basisOf(network);

/** SQNR in decibel that tensors are given; others have 50, null is no noise. */
type Given = Readonly<Record<string, number | null>>;

function resultsOf(entries: readonly RecreationEntry[], given: Given, samples: SampleResult[] = []): Results {
  const { graph, replaced, settings } = recreate(basis, entries);
  const graphs = { reference: network.graph, tflite: basis.lowered.graph, recreated: graph };
  const decibels = (name: string): number | null => (given[name] === undefined ? 50 : given[name]);
  const pairs = [graphs.tflite, graphs.recreated].map((other, model) =>
    sharedTensors(network.graph, other).map((name) => ({
      name,
      reference: name,
      twin: `${name} of ${model}`,
    })),
  );
  const mu = new Map(
    pairs.flat().map((pair) => {
      const noise = decibels(pair.name);
      return [keyOf(pair), Float32Array.of(noise === null ? 0 : 10 ** (-noise / 10))];
    }),
  );
  const lambda = new Map([...network.graph.tensors.keys()].map((name) => [name, Float32Array.of(1)]));
  const totals = totalOf([{ lambda, mu }], { pairs, moved: [] });
  const evaluation: Evaluation = {
    network: { calibrator: 'minmax' } as NetworkConfig,
    numerics: 'tflite-2.15',
    graphs,
    layers: network.layers,
    replaced,
    settings,
    images: [],
    calibrationIndices: [3, 1],
    calibrationSkipped: [],
  };
  return assembleResults(evaluation, { samples, totals, skipped: ['bad.png'] });
}

const rowOf = ({ sqnr }: Results, tensor: string) =>
  sqnr.recreated.tensors.find((row) => row.tensor === tensor)!;
const isNear = (actual: number | null, expected: number): boolean => Math.abs(actual! - expected) < 1e-4;

test('a merged group has the index, name and class of the layer and the tensor of the last', () => {
  const { index, layer, class: className, tensor } = rowOf(resultsOf([{ all: true }], {}), 'conv_relu');
  assert.equal([index, layer, className, tensor], [1, 'conv', 'Conv2D', 'conv_relu']);
});

test('delta is against the smallest SQNR among the inputs', () => {
  const results = resultsOf([{ all: true }], { conv_relu: 30, depthwise_bn: 20, add: 17 });
  assert.ok(isNear(rowOf(results, 'add').delta_db, 17 - 20));
  assert.ok(isNear(rowOf(results, 'depthwise_bn').delta_db, 20 - 30));
  assert.ok(isNear(rowOf(results, 'pool').delta_db, 50 - 17));
});

test('inputs without noise do not count, and without any other delta is null', () => {
  const results = resultsOf([{ all: true }], { image: null, conv_relu: null, depthwise_bn: 20, add: 17 });
  assert.ok(isNear(rowOf(results, 'add').delta_db, 17 - 20));
  assert.is(rowOf(results, 'depthwise_bn').delta_db, null);
  const { sqnr_db, aggregate_db, delta_db, identical } = rowOf(results, 'conv_relu');
  assert.equal([sqnr_db, aggregate_db, delta_db, identical], [null, null, null, true]);
});

test('what a replaced layer writes is marked, and nothing else', () => {
  const results = resultsOf([{ layers: ['conv'] }], {});
  const replaced = results.sqnr.recreated.tensors.filter((row) => row.replaced);
  assert.equal(
    replaced.map(({ tensor }) => tensor),
    ['conv_relu'],
  );
  assert.ok(
    results.sqnr.tflite.tensors.every((row) => row.replaced),
    'all of the TFLite model is integer',
  );
});

test('a dense layer is replaced, a softmax behind it that stays in float is not', () => {
  const results = resultsOf([{ name: 'dense', all: true }], {});
  const replaced = results.sqnr.recreated.tensors.filter((row) => row.replaced);
  assert.equal(
    replaced.map(({ tensor }) => tensor),
    ['dense'],
  );
  assert.is(rowOf(results, 'softmax').replaced, false);
});

test('agreement is the same first class as the Reference; output_db is that of the output', () => {
  const prediction = (first: number) => ({ top: [first], confidence: 1 });
  const sample = (reference: number, tflite: number, recreated: number, label: number): SampleResult => ({
    file: 'x.png',
    label,
    predictions: {
      reference: prediction(reference),
      tflite: prediction(tflite),
      recreated: prediction(recreated),
    },
  });
  const samples = [sample(1, 1, 2, 2), sample(3, 0, 3, 3), sample(4, 0, 4, 3), sample(1, 1, 1, 1)];
  const { agreement, models, sqnr, calibration, skipped } = resultsOf([], { softmax: 12 }, samples);
  assert.equal(agreement, { tflite_top1: 0.5, recreated_top1: 0.75 });
  assert.equal(
    Object.values(models).map(({ correct1 }) => correct1),
    [2, 1, 3],
  );
  assert.ok(isNear(sqnr.tflite.output_db, 12));
  assert.equal(calibration, { samples: 2, method: 'minmax', indices: [3, 1] });
  assert.equal(skipped, ['bad.png']);
});

test('of no samples everything is 0, not NaN', () => {
  const { agreement, models } = resultsOf([{ all: true }], {});
  assert.equal(agreement, { tflite_top1: 0, recreated_top1: 0 });
  assert.is(models.reference.top1, 0);
});
