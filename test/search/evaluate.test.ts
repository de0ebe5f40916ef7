import { fileURLToPath } from 'node:url';
import {
  assembleResults,
  evaluate,
  loadKernels,
  loadNetworkConfig,
  loadRecreationConfig,
  prepareEvaluation,
} from '../../src/eval/index.js';
import {
  calibrateSearchNetwork,
  configurationsOf,
  evaluateGraphs,
  graphsOf,
  loadSearchNetwork,
  parseVariation,
  partsOf,
} from '../../src/search/index.js';
import { assert, test } from '../harness.js';

const demo = (file: string): string => fileURLToPath(new URL(`../../fixtures/demo/${file}`, import.meta.url));

test('a search gives the numbers of an evaluation, whatever runs beside it', async () => {
  const kernels = loadKernels();
  const given = kernels && { kernels };
  const network = { ...(await loadNetworkConfig(demo('network.yaml'))), calibration_batch_size: 10 };
  const base = await loadRecreationConfig(demo('recreation.yaml'));
  const limit = 30;
  const evaluation = await prepareEvaluation(network, base.entries, { limit, ...given });
  const evaluated = await evaluate(evaluation, { ...given });
  const expected = assembleResults(evaluation, evaluated);

  const dry = await loadSearchNetwork(network, { limit, ...given });
  const variation = parseVariation(['alone-quantized', 'alone-float']);
  const configurations = configurationsOf(dry, base, variation);
  const { search } = await calibrateSearchNetwork(dry, { ...given });
  for (const sums of ['tensor', 'activation'] as const) {
    const chosen = sums === 'tensor' ? configurations : configurations.slice(0, 3);
    const graphs = graphsOf(search, chosen);
    const result = await evaluateGraphs(search, graphs, search.images, { sums, ...given });
    const [first] = result.configurations;
    const hits = first!.first.filter((answer, i) => answer === result.labels[i]).length;
    assert.is(hits, expected.models.recreated.correct1);
    assert.is(first!.hits5.filter(Boolean).length, expected.models.recreated.correct5);
    assert.is(
      result.reference.first.filter((answer, i) => answer === result.labels[i]).length,
      expected.models.reference.correct1,
    );
    const rows = expected.sqnr.recreated.tensors;
    assert.is(first!.sqnr.size, rows.length);
    for (const { tensor, aggregate_db, sqnr_db, identical } of rows) {
      const own = first!.sqnr.get(tensor)!;
      assert.is(own.identical, identical, tensor);
      if (aggregate_db === null) assert.is(own.aggregateDb, null);
      else
        assert.ok(
          Math.abs(own.aggregateDb! - aggregate_db) < 1e-5,
          `${tensor}: ${own.aggregateDb} ${aggregate_db}`,
        );
      if (sums === 'activation') assert.is(own.sqnrDb, sqnr_db, tensor);
    }
  }
});

test('configurations evaluated in parts give the same', async () => {
  const kernels = loadKernels();
  const given = kernels && { kernels };
  const network = await loadNetworkConfig(demo('network.yaml'));
  const base = await loadRecreationConfig(demo('recreation.yaml'));
  const search = await loadSearchNetwork(network, { limit: 5, ...given });
  const configurations = configurationsOf(search, base, parseVariation(['weight_bits=4,5,8']));
  const graphs = graphsOf(search, configurations);
  const whole = await evaluateGraphs(search, graphs, search.images, { ...given });
  assert.is(partsOf(search.basis.reference, graphs, 'tensor', 1, 1).length, 4);
  let done = 0;
  const parted = await evaluateGraphs(search, graphs, search.images, {
    ...given,
    maxBytes: 1,
    onProgress(images) {
      done = images;
    },
  });
  assert.is(done, 20);
  assert.equal(parted, whole);
});
