import { loadKernels } from '../../src/eval/index.js';
import {
  lowerToIntegers,
  mergeChosen,
  openCalibration,
  openRangeTotals,
  planCalibration,
  type RecreationEntry,
  rangesNeeded,
  recreate,
} from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { NETS } from './nets.js';
import { inputOf } from './run.js';

const CONFIGS: readonly (readonly RecreationEntry[])[] = [
  [],
  [{ all: true }],
  [{ all: true, merge_batch_norm: false }],
  [{ all: true, merge_relu: false, requantize: false }],
  [{ all: true, merge_batch_norm: false, merge_relu: false, activation_bits: 16 }],
];

for (const [name, build] of Object.entries(NETS))
  test(`${name}: a recreation needs no other ranges than it names`, () => {
    const { graph, layers } = build(1);
    const rangesOf = (wanted?: ReadonlySet<string>) => {
      const kernels = loadKernels();
      const plan = planCalibration(graph, { ...(kernels && { kernels }), ...(wanted && { wanted }) });
      const runner = openCalibration(plan);
      const totals = openRangeTotals(plan);
      runner.start();
      for (const seed of [0, 1]) runner.observe(inputOf({ graph, layers }, seed));
      totals.addEnds(runner.observed());
      return totals.ranges();
    };
    const all = rangesOf();
    const lowered = lowerToIntegers(graph, all);
    const convolutions = layers.filter(({ className }) => className === 'Conv2D');
    for (const config of [
      ...CONFIGS,
      ...convolutions.map((layer) => [{ name: layer.className, indices: [layer.index] }]),
    ]) {
      const ranges = rangesOf(rangesNeeded(mergeChosen(graph, layers, config)));
      assert.ok(ranges.size <= all.size);
      for (const [tensor, range] of ranges) assert.equal(range, all.get(tensor), tensor);
      const basis = { reference: graph, layers, lowered };
      const { graph: expected } = recreate({ ...basis, ranges: all }, config);
      const { graph: found } = recreate({ ...basis, ranges }, config);
      assert.equal(found.nodes, expected.nodes);
      assert.equal(found.tensors, expected.tensors);
    }
  });

test('what every layer in the scheme of TensorFlow Lite needs is the merged network alone', () => {
  const { graph, layers } = NETS['mobile block']!(1);
  const wanted = rangesNeeded(mergeChosen(graph, layers, [{ all: true }]));
  assert.is(planCalibration(graph, { wanted }).program.plans.length, 1);
  assert.is(planCalibration(graph).program.plans.length, 2);
});

test('every activation is watched once, a batch normalization that stands alone included', () => {
  for (const build of Object.values(NETS)) {
    const names = planCalibration(build(1).graph).watched.map(({ name }) => name);
    assert.is(new Set(names).size, names.length);
  }
});
