import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Layer } from '../../src/core/index.js';
import { compile } from '../../src/engine/index.js';
import { loadRecreationConfig } from '../../src/eval/config/index.js';
import { importKeras } from '../../src/import/index.js';
import { chooseLayers, lowerToIntegers, recreate, startCalibration } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const demo = await importKeras(await readFile(at('fixtures/demo/model.h5')), 'model.h5');

const BLOCKS = Array.from({ length: 16 }, (_, i) => `block_${i + 1}`);
/** The Conv2D layers of Keras's MobileNetV2, in order. */
const CONVOLUTIONS = [
  'Conv1',
  'expanded_conv_project',
  ...BLOCKS.flatMap((block) => [`${block}_expand`, `${block}_project`]),
  'Conv_1',
];
const MOBILENET: readonly Layer[] = [
  ...CONVOLUTIONS.map((name) => ({ name, className: 'Conv2D' })),
  ...BLOCKS.map((block) => ({ name: `${block}_depthwise`, className: 'DepthwiseConv2D' })),
].map((layer, index) => ({ ...layer, index, tensor: layer.name, parameters: 0 }));

const HIGH = [1, 2, 4, 5, 7].map((block) => `block_${block}_expand`);
const LOW = ['expanded_conv_project', ...[11, 12, 13, 15].map((block) => `block_${block}_project`)];

const choose = async (setting: string, layers = MOBILENET) =>
  chooseLayers(layers, (await loadRecreationConfig(at(`examples/thesis/${setting}.yaml`))).entries);
const without = (left: readonly string[]) => CONVOLUTIONS.filter((name) => !left.includes(name));

test("the thesis's settings choose the layers that they say", async () => {
  const names = async (setting: string) => (await choose(setting)).map(({ layer }) => layer.name);
  assert.is(CONVOLUTIONS.length, 35);
  assert.equal(await names('A'), CONVOLUTIONS);
  assert.equal(await names('B'), without(HIGH));
  assert.equal(await names('C'), without(LOW));
  assert.equal(await names('first_half'), CONVOLUTIONS.slice(0, 18));
  assert.equal(await names('second_half'), CONVOLUTIONS.slice(18));
  const cheaper = async (setting: string, key: 'per_channel_quantization' | 'rounding_div') => {
    const chosen = await choose(setting);
    assert.is(chosen.length, 35);
    return chosen.filter(({ entry }) => entry[key] === false).map(({ layer }) => layer.name);
  };
  assert.equal(await cheaper('D', 'per_channel_quantization'), HIGH);
  assert.equal(await cheaper('E', 'per_channel_quantization'), LOW);
  assert.equal(await cheaper('F', 'rounding_div'), HIGH);
  assert.equal(await cheaper('G', 'rounding_div'), LOW);
});

const { graph: reference, layers } = demo;
const calibration = startCalibration(reference);
const image = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => Math.sin(i / 50));
calibration.observe(image);
const ranges = calibration.ranges();
const basis = { reference, layers, ranges, lowered: lowerToIntegers(reference, ranges) };

test("the thesis's settings fit the demo network", async () => {
  const files = readdirSync(at('examples/thesis')).filter((file) => file.endsWith('.yaml'));
  assert.is(files.length, 9);
  for (const file of files) {
    const { entries } = await loadRecreationConfig(at(`examples/thesis/${file}`));
    assert.ok(recreate(basis, entries).replaced.size > 0, file);
  }
});

test('the custom layer of the examples runs in the demo network', async () => {
  const { entries } = await loadRecreationConfig(at('examples/custom-layer/recreation.yaml'));
  const recreated = recreate(basis, entries);
  const customNodes = recreated.graph.nodes.filter(({ op }) => op === 'custom');
  assert.equal(
    customNodes.map(({ source }) => source!.name),
    ['predictions'],
  );
  const [float, custom] = compile([reference, recreated.graph]);
  const expected = [...(float!.run([image])[0] as Float32Array)];
  const actual = [...(custom!.run([image])[0] as Float32Array)];
  assert.not.equal(actual, expected);
  const largest = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  assert.ok(largest < 0.01, `differs by ${largest}`);
});
