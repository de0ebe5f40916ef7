import {
  assembleResults,
  BLOCK_SIZE,
  type BlockResult,
  type Evaluation,
  evaluate,
  loadKernels,
  openBlocks,
  planBlocks,
  prepareEvaluation,
} from '../../src/eval/index.js';
import { resultsJson } from '../../src/report/index.js';
import { openTotals } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';
import { copyOf, totalOf } from '../sqnr/blocks.js';
import { demoConfig } from './demo.js';

/** The demo, with layers quantized so coarsely that every sum matters. */
const prepared = (limit: number): Promise<Evaluation> =>
  prepareEvaluation(demoConfig, [{ all: true, weight_bits: 4 }], { limit });

const kernels = loadKernels()!;

const whole = (async () => {
  const evaluation = await prepared(45);
  const blocks: BlockResult[] = [];
  const evaluated = await evaluate(evaluation, {
    kernels,
    onBlock: (block) => void blocks.push({ ...block, sums: copyOf(block.sums) }),
  });
  return { evaluation, evaluated, blocks };
})();

test('images come in blocks of 20, in order', async () => {
  const { evaluation, evaluated, blocks } = await whole;
  assert.is(BLOCK_SIZE, 20);
  assert.equal(
    blocks.map(({ samples }) => samples.length),
    [20, 20, 5],
  );
  assert.equal(
    evaluated.samples.map(({ file }) => file),
    evaluation.images.map(({ file }) => file),
  );
  assert.equal(
    blocks.flatMap(({ samples }) => samples),
    evaluated.samples,
  );
});

test('blocks run in any order on other runners, added in order, give the same bytes', async () => {
  const { evaluation, evaluated } = await whole;
  const { images } = evaluation;
  const plan = planBlocks(evaluation, { kernels }, 2);
  const [a, b] = [openBlocks(plan, 0), openBlocks(plan, 1)];
  const third = await a.run(images.slice(40));
  const first = await b.run(images.slice(0, 20));
  const totals = openTotals(plan.recorder, plan.program);
  totals.add(first.sums);
  const second = await b.run(images.slice(20, 40));
  totals.add(second.sums);
  totals.add(third.sums);
  const samples = [first, second, third].flatMap((block) => block.samples);
  assert.is(
    resultsJson(assembleResults(evaluation, { samples, totals, skipped: [] })),
    resultsJson(assembleResults(evaluation, evaluated)),
  );
});

test('a limit of 40 gives the first two blocks', async () => {
  const { evaluation, blocks } = await whole;
  const totals = totalOf(
    blocks.slice(0, 2).map(({ sums }) => sums),
    planBlocks(evaluation).recorder,
  );
  const samples = blocks.slice(0, 2).flatMap((block) => block.samples);
  const limited = await prepared(40);
  assert.equal(limited.calibrationIndices, evaluation.calibrationIndices);
  assert.is(
    resultsJson(assembleResults(limited, await evaluate(limited, { kernels }))),
    resultsJson(assembleResults(evaluation, { samples, totals, skipped: [] })),
  );
});

test('every block begins with sums of zero, also after one that failed', async () => {
  const { evaluation } = await whole;
  const images = evaluation.images.slice(0, 5);
  const runner = openBlocks(planBlocks(evaluation, { kernels }));
  const first = copyOf((await runner.run(images)).sums);
  try {
    await runner.run([...images, { ...images[0]!, path: 'missing.png' }]);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /missing\.png/);
  }
  assert.equal(copyOf((await runner.run(images)).sums), first);
});

test('workers, and the reference kernels, give the same bytes', async () => {
  const { evaluation, evaluated } = await whole;
  const expected = resultsJson(assembleResults(evaluation, evaluated));
  const order: string[] = [];
  const inThreads = await evaluate(evaluation, {
    kernels,
    workers: 3,
    onBlock: ({ samples }) => void order.push(samples[0]!.file),
  });
  assert.is(resultsJson(assembleResults(evaluation, inThreads)), expected);
  assert.equal(
    order,
    [0, 20, 40].map((i) => evaluation.images[i]!.file),
  );
  const plainly = await evaluate(evaluation, { workers: 2 });
  assert.is(resultsJson(assembleResults(evaluation, plainly)), expected);
});
