import { QpannError } from '../../src/core/index.js';
import { importKeras } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { expectation, fixture, largestDifference, outputOf, withConfig } from './keras-files.js';

/** Asserts that a model gives what Keras gives for a fixture. */
async function gives(bytes: Uint8Array, name: string, inputShape?: readonly number[]) {
  const model = await importKeras(bytes, 'net.h5', inputShape && { inputShape });
  const { input, output } = expectation(name);
  assert.ok(largestDifference(outputOf(model.graph, input), output) <= 1e-5);
  return model;
}

test('layers may be listed in any order', async () => {
  for (const name of ['merges-keras2', 'merges-keras3']) {
    const original = await importKeras(fixture(name), 'net.h5');
    const bytes = await withConfig(name, (model) => {
      model.config.layers.reverse();
    });
    const { layers } = await gives(bytes, name);
    assert.equal(
      layers.map((layer) => layer.name),
      original.layers.map((layer) => layer.name).reverse(),
    );
    assert.ok(layers.every((layer, i) => layer.index === i));
  }
});

test('an old Sequential model is a list whose first layer has the input shape', async () => {
  const bytes = await withConfig('sequential-keras2', (model) => {
    const [input, first] = model.config.layers;
    first!.config.batch_input_shape = input!.config.batch_input_shape;
    return { class_name: 'Sequential', config: model.config.layers.slice(1) };
  });
  const { graph, layers } = await gives(bytes, 'sequential-keras2');
  assert.equal(graph.inputs, ['rescale_input']);
  assert.is(layers[0]!.name, 'rescale');
});

test('a Sequential model without any input shape takes the one given', async () => {
  const bytes = await withConfig('sequential-keras2', (model) => {
    model.config.layers.shift();
  });
  await gives(bytes, 'sequential-keras2', [10, 10, 3]);
});

test('a Sequential model without input layer has its shape in the config', async () => {
  const bytes = await withConfig('sequential-keras3', (model) => {
    model.config.layers.shift();
  });
  await gives(bytes, 'sequential-keras3');
});

test('a fixed batch size becomes 1', async () => {
  const bytes = await withConfig('vector-keras2', (_, layer) => {
    layer('features').config.batch_input_shape = [8, 6];
  });
  await gives(bytes, 'vector-keras2');
});

test('bytes may lie anywhere in their buffer', async () => {
  const whole = fixture('vector-keras3');
  const shifted = new Uint8Array(whole.length + 3).subarray(3);
  shifted.set(whole);
  await gives(shifted, 'vector-keras3');
});

test('a heap that the HDF5 library never gets out of is left', async () => {
  const bytes = Uint8Array.from(fixture('vector-keras2'));
  for (const [at, value] of [
    [1294, 139],
    [2061, 151],
    [2928, 250],
    [4494, 93],
    [7121, 79],
  ] as const)
    bytes[at] = value;
  await importOrRefuse(bytes, 'the heap');
});

/** Numbers in [0, 1) that depend on the seed alone. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const FUZZED = ['sequential', 'shapes', 'vector', 'normalizations', 'merges', 'long_names'];

/** Imports; anything but a model or a QpannError fails the test. */
async function importOrRefuse(bytes: Uint8Array, what: string): Promise<void> {
  try {
    await importKeras(bytes, 'fuzz.h5');
  } catch (error) {
    if (!(error instanceof QpannError)) throw new Error(`${what}: ${error}`, { cause: error });
  }
}

test('a file with some bytes changed gives a model or a QpannError', async () => {
  const next = random(Number(process.env.QPANN_FUZZ_SEED ?? 1));
  const below = (limit: number): number => Math.floor(next() * limit);
  const count = Number(process.env.QPANN_FUZZ_COUNT ?? 240);
  for (let i = 0; i < count; i++) {
    const bytes = Uint8Array.from(fixture(`${FUZZED[i % FUZZED.length]}-keras${2 + (i % 2)}`));
    const changes = 1 + below(6);
    for (let j = 0; j < changes; j++) bytes[below(next() < 0.5 ? 3000 : bytes.length)] = below(256);
    await importOrRefuse(bytes, `file ${i}`);
  }
  await gives(fixture('vector-keras2'), 'vector-keras2');
});

const HOSTILE = [
  null,
  -1,
  0,
  1,
  2,
  1.5,
  1e300,
  2 ** 31,
  '',
  'same',
  'image',
  true,
  [],
  {},
  [[]],
  [1, 2],
  ['a', 0, 0],
];

/** Replaces one random value somewhere inside a JSON value. */
function mutate(value: unknown, below: (limit: number) => number): unknown {
  const inside = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (inside.length === 0 || below(12) === 0) return HOSTILE[below(HOSTILE.length)];
  const key = inside[below(inside.length)]!;
  const record = value as Record<string, unknown>;
  if (below(30) === 0) delete record[key];
  else record[key] = mutate(record[key], below);
  return value;
}

test('a config with some values changed gives a model or a QpannError', async () => {
  const next = random(Number(process.env.QPANN_FUZZ_SEED ?? 2));
  const below = (limit: number): number => Math.floor(next() * limit);
  const names = [...FUZZED, 'activations', 'convolutions', 'dense_ranks'];
  const count = Number(process.env.QPANN_FUZZ_COUNT ?? 270);
  for (let i = 0; i < count; i++) {
    const bytes = await withConfig(`${names[i % names.length]}-keras${2 + (i % 2)}`, (model) => {
      const { layers } = model.config;
      const target = below(layers.length);
      layers[target] = mutate(layers[target], below) as never;
      return below(10) === 0 ? mutate(model, below) : model;
    });
    await importOrRefuse(bytes, `config ${i}`);
  }
});
