import { fileURLToPath } from 'node:url';
import type { Graph } from '../../src/core/index.js';
import {
  CALIBRATION_TASK,
  type CalibrationBlocks,
  type CalibrationOptions,
  type CalibrationSamples,
  calibrate,
  loadKernels,
  worthWorkers,
} from '../../src/eval/index.js';
import { openPool } from '../../src/eval/worker-pool.js';
import { CALIBRATORS, planCalibration } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { inputOf } from '../quant/run.js';
import { residualNetwork } from './networks.js';

const net = residualNetwork();
const WORKERS = [1, 2, 3];

/** Made-up samples, each larger than those before; the fourth and the last hold no numbers. */
const BAD = [3, 22];
const samplesOf = (bad: readonly number[] = BAD, count = 23): CalibrationSamples => ({
  names: Array.from({ length: count }, (_, i) => `sample ${i}`),
  at: (i) => ({
    file: `sample ${i}`,
    kind: 'values',
    values: inputOf(net, i).map((x) => (bad.includes(i) ? NaN : x * (1 + i / 10))),
  }),
});

const messageOf = (graph: Graph, samples: CalibrationSamples, options: CalibrationOptions) =>
  calibrate(graph, samples, options).then(
    () => 'no error',
    (error: Error) => error.message,
  );

for (const calibrator of Object.values(CALIBRATORS))
  test(`${calibrator.method}: the same ranges for any number of workers`, async () => {
    const results = [];
    for (const workers of calibrator.method === 'percentile' ? WORKERS : [1, 2])
      results.push(await calibrate(net.graph, samplesOf(), { skipBadImages: true, calibrator, workers }));
    for (const result of results) assert.equal(result, results[0]);
    assert.is(results[0]!.used.length, 21);
    assert.equal(results[0]!.skipped, ['sample 3', 'sample 22']);
  });

test('with any number of workers the first bad sample is named, and none but bad ones are refused', async () => {
  for (const workers of WORKERS) {
    assert.is(
      await messageOf(net.graph, samplesOf([18, 7, 12]), { workers }),
      'sample 7 holds values that are not finite',
    );
    const all = Array.from({ length: 12 }, (_, i) => i);
    assert.is(
      await messageOf(net.graph, samplesOf(all, 12), { workers, skipBadImages: true }),
      'none of the calibration images can be decoded',
    );
  }
});

test('a NaN in the network names the tensor in which it shows up, in any thread', async () => {
  const tensors = new Map(
    [...net.graph.tensors].map(([name, tensor]) =>
      name.startsWith('depthwise') && tensor.data !== undefined
        ? [name, { ...tensor, data: (tensor.data as Float32Array).map(() => NaN) }]
        : [name, tensor],
    ),
  );
  for (const workers of WORKERS)
    assert.match(
      await messageOf({ ...net.graph, tensors }, samplesOf([]), { workers }),
      /^tensor depthwise is not a number during calibration$/,
    );
});

test('progress goes from none to all, once', async () => {
  for (const workers of [1, 2]) {
    const seen: number[] = [];
    await calibrate(net.graph, samplesOf([]), { workers, onCalibrated: (done) => seen.push(done) });
    assert.is(seen[0], 0);
    assert.is(seen.filter((done) => done === 0).length, 1);
    assert.is(seen.at(-1), 23);
    assert.equal(
      seen,
      [...seen].sort((a, b) => a - b),
    );
  }
});

test('a block whose worker dies is computed again, and counted once', async () => {
  const kernels = loadKernels();
  const calibrator = CALIBRATORS.percentile;
  const plan = (places: number): CalibrationBlocks => ({
    ...planCalibration(net.graph, { ...(kernels && { kernels }), calibrator, places }),
    skipBadImages: false,
  });
  const samples = [0, 1, 2].map(samplesOf([]).at);
  const file = fileURLToPath(new URL('dying-calibration-worker.ts', import.meta.url));
  const run = async (task: typeof CALIBRATION_TASK, workers: number) => {
    const pool = openPool(task, plan, { workers, done: 0 });
    try {
      const { place: _, release, ...block } = await pool.run(samples, 0);
      release();
      return block;
    } finally {
      await pool.close();
    }
  };
  assert.equal(await run({ ...CALIBRATION_TASK, file }, 2), await run(CALIBRATION_TASK, 1));
});

test('a small calibration is not worth threads', () => {
  assert.is(worthWorkers(net.graph, 100, 4), 1);
  assert.is(worthWorkers(net.graph, 1e6, 4), 4);
  assert.is(worthWorkers(net.graph, 1e6), 1);
});
