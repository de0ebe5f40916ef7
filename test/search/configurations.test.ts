import { fileURLToPath } from 'node:url';
import { loadKernels, loadNetworkConfig, loadRecreationConfig } from '../../src/eval/index.js';
import {
  configurationsOf,
  graphsOf,
  loadSearchNetwork,
  modelOf,
  parseVariation,
  recreationOf,
  settingsOf,
  splitImages,
} from '../../src/search/index.js';
import { uniteGraphs } from '../../src/sqnr/index.js';
import { assert, test } from '../harness.js';

const demo = (file: string): string => fileURLToPath(new URL(`../../fixtures/demo/${file}`, import.meta.url));
const EVERY_LAYER = { entries: [{ all: true }], resolved: [{ all: true }] };

async function demoNetwork() {
  const kernels = loadKernels();
  return loadSearchNetwork(await loadNetworkConfig(demo('network.yaml')), { ...(kernels && { kernels }) });
}

test('a config written out layer by layer gives the same model', async () => {
  const search = await demoNetwork();
  const { reference, layers } = search.basis;
  const given = [EVERY_LAYER, await loadRecreationConfig(demo('recreation.yaml'))];
  for (const config of given) {
    const model = modelOf(search, config);
    const written = recreationOf(layers, settingsOf(reference, layers, config, model));
    const again = modelOf(search, written);
    assert.is(uniteGraphs(model.graph, [again.graph]).graph.nodes.length, model.graph.nodes.length);
    assert.equal([...again.replaced].sort(), [...model.replaced].sort());
  }
});

test('united graphs compute what they share once: nothing before the first difference, all that comes after', async () => {
  const search = await demoNetwork();
  const { reference } = search.basis;
  const base = await loadRecreationConfig(demo('recreation.yaml'));
  const configurations = configurationsOf(search, base, parseVariation(['alone-quantized']));
  const graphs = graphsOf(search, configurations);
  assert.is(uniteGraphs(reference, [reference, reference]).graph.nodes.length, reference.nodes.length);
  const last = graphs.at(-1)!;
  const { graph, pairs, outputs } = uniteGraphs(reference, [last]);
  const added = graph.nodes.slice(reference.nodes.length);
  assert.ok(added.length < 6, added.map(({ op }) => op).join());
  const changed = pairs[0]!.filter((pair) => pair.twin !== pair.reference);
  assert.ok(changed.length >= 1 && changed.length < 4);
  assert.is.not(outputs[0], outputs[1]);
});

test('of a grid every combination is tried, of a layer that takes none of it only one', async () => {
  const search = await demoNetwork();
  const base = await loadRecreationConfig(demo('recreation.yaml'));
  const of = (...vary: string[]) => configurationsOf(search, base, parseVariation(vary));
  assert.equal(
    of('weight_bits=4,8', 'rounding_div=true,false').map(({ id }) => id),
    [
      'base',
      'weight_bits=4 rounding_div=true',
      'weight_bits=4 rounding_div=false',
      'weight_bits=8 rounding_div=true',
      'weight_bits=8 rounding_div=false',
    ],
  );
  const alone = of('alone-quantized', 'weight_bits=4,6');
  const layers = alone.flatMap(({ alone }) => alone?.layer ?? []);
  const count = (className: string): number =>
    layers.filter(
      (index) => search.basis.layers.find((layer) => layer.index === index)?.className === className,
    ).length;
  assert.equal([count('Conv2D'), count('DepthwiseConv2D'), count('Add'), count('Dense')], [30, 14, 3, 2]);
});

test('images are split by seed, and every image is on one side', async () => {
  const { images } = await demoNetwork();
  const { search, heldBack } = splitImages(images, 7);
  assert.equal([search.length, heldBack.length], [100, 100]);
  assert.equal(new Set([...search, ...heldBack]).size, 200);
  assert.equal(splitImages(images, 7).search, search);
  assert.not.equal(splitImages(images, 8).search, search);
});
