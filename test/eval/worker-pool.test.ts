import { fileURLToPath } from 'node:url';
import {
  BLOCK_TASK,
  evaluate,
  loadKernels,
  loadNetworkConfig,
  planBlocks,
  prepareEvaluation,
} from '../../src/eval/index.js';
import { openPool } from '../../src/eval/worker-pool.js';
import { assert, test } from '../harness.js';

const file = fileURLToPath(new URL('dying-worker.ts', import.meta.url));
const config = fileURLToPath(new URL('../../fixtures/demo/network.yaml', import.meta.url));

test('a block whose worker dies is computed by a fresh one; the second time the run ends', async () => {
  const kernels = loadKernels();
  const network = { ...(await loadNetworkConfig(config)), calibration_batch_size: 2 };
  const evaluation = await prepareEvaluation(network, [{ all: true }], { limit: 2 });
  const pool = openPool(
    { ...BLOCK_TASK, file },
    (places) => planBlocks(evaluation, { ...(kernels && { kernels }) }, places),
    {
      workers: 2,
      done: 0,
    },
  );
  try {
    const block = await pool.run(evaluation.images, 0);
    const { samples } = await evaluate(evaluation, { ...(kernels && { kernels }) });
    assert.equal(block.samples, samples);
    const fatal = [{ ...evaluation.images[0]!, file: 'fatal' }];
    try {
      await pool.run(fatal, 6);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, /^block 7 \(fatal to fatal\): its worker died twice: /);
    }
  } finally {
    await pool.close();
  }
});
