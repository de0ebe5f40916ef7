import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadRecreationConfig } from '../../src/eval/config/index.js';
import { assert, test } from '../harness.js';
import { messageOf, withFiles } from './config-files.js';

const LAYER =
  'export const layer = { name: "mine", run: ({ outputShape }) => new Float32Array(outputShape[1]) }';

const load = (entries: unknown, files: Readonly<Record<string, string>> = {}) =>
  withFiles({ ...files, 'r.json': JSON.stringify(entries) }, (folder) =>
    loadRecreationConfig(join(folder, 'r.json')),
  );

const refuse = (entries: unknown, message: string, files: Readonly<Record<string, string>> = {}) =>
  withFiles({ ...files, 'r.json': JSON.stringify(entries) }, async (folder) =>
    assert.is(await messageOf(folder, loadRecreationConfig(join(folder, 'r.json'))), message),
  );

test('entries are taken as they are, with the old spelling of a flag and ranges of indices', async () => {
  const full = {
    name: 'conv2d',
    layers: ['block_*_expand'],
    all: false,
    except: [],
    quantized: true,
    merge_batch_norm: 'auto',
    merge_relu: false,
    symmetric_weights: true,
    rounding_div: false,
    weight_bits: 2,
    activation_bits: 16,
    requantize: true,
    relu_range: 'fixed',
  };
  const { entries, resolved } = await load([
    { ...full, indices: '3-5, 9', per_channel_quant: true },
    { indices: { start: 1, stop: 3 } },
    { indices: [46, 2] },
  ]);
  assert.equal(entries, [
    { ...full, indices: [3, 4, 5, 9], per_channel_quantization: true },
    { indices: [1, 2] },
    { indices: [46, 2] },
  ]);
  assert.equal(resolved, entries);
});

test('a file may hold the list or name it, and the list may be empty', async () => {
  const files = {
    'a.yaml': '- { all: true }',
    'b.yaml': 'recreation_config:\n  - all: true\n',
    'c.mjs': 'export const recreation_config = [{ all: true }]',
    'd.mjs': 'export default [{ all: true }]',
    'e.yaml': '- &base { all: true }\n',
  };
  await withFiles(files, async (folder) => {
    for (const name of Object.keys(files))
      assert.equal((await loadRecreationConfig(join(folder, name))).entries, [{ all: true }], name);
  });
  assert.equal(await load([]), { entries: [], resolved: [] });
});

test('YAML entries may merge a common part', () =>
  withFiles(
    { 'r.yaml': '- &int8 { all: true, quantized: true }\n- { <<: *int8, name: add }\n' },
    async (folder) => {
      const { entries } = await loadRecreationConfig(join(folder, 'r.yaml'));
      assert.equal(entries[1], { all: true, quantized: true, name: 'add' });
    },
  ));

test('the appendix of the thesis loads', async () => {
  const entry = { merge_batch_norm: true, quantized: true, rounding_div: true, symmetric_weights: true };
  const { entries } = await load({
    recreation_config: [
      { name: 'conv2d', indices: [2, 46], merge_relu: true, per_channel_quant: true, ...entry },
      { name: 'dense', indices: [156], quantized: true },
    ],
  });
  assert.equal(entries[1], { name: 'dense', indices: [156], quantized: true });
  assert.is(entries[0]!.per_channel_quantization, true);
});

test('a custom layer is imported, and the resolved config is read back as itself', () =>
  withFiles(
    {
      'r.json': JSON.stringify([
        { name: 'dense', all: true, merge_relu: 'auto', module: './named.mjs' },
        { indices: '0-1', module: 'default.mjs' },
      ]),
      'named.mjs': LAYER,
      'default.mjs': LAYER.replace('const layer =', '{ layer as default }; const layer ='),
    },
    async (folder) => {
      const config = await loadRecreationConfig(join(folder, 'r.json'));
      assert.is(config.entries[0]!.custom!.name, 'mine');
      assert.type(config.entries[1]!.custom!.run, 'function');
      assert.not('module' in config.entries[0]!);
      assert.equal(config.resolved, [
        { name: 'dense', all: true, merge_relu: 'auto', module: join(folder, 'named.mjs') },
        { indices: [0, 1], module: join(folder, 'default.mjs') },
      ]);
      const again = join(folder, 'recreation.json');
      await writeFile(again, JSON.stringify(config.resolved));
      assert.equal(await loadRecreationConfig(again), config);
    },
  ));

test('modules without a custom layer are refused', async () => {
  const module = (text: string, message: string) =>
    refuse([{ all: true, module: 'm.mjs' }], `r.json: entry 0: module m.mjs${message}`, { 'm.mjs': text });
  await module('export const other = 1', ': exports neither layer nor default');
  await module('export const layer = { name: "x" }', ': the custom layer has no function run');
  await module('export default () => 0', ': the custom layer has no function run');
  await module('export const layer = { name: 3, run() {} }', ": the custom layer's name is 3, not a text");
  await module(
    'export const layer =\n',
    ', line 2, column 1: the module cannot be imported: Unexpected end of input',
  );
  await refuse([{ all: true, module: 'no.mjs' }], 'r.json: entry 0: module no.mjs: there is no such file');
  await refuse(
    [{ all: true, module: 'r.json' }],
    'r.json: entry 0: module r.json: expected a file that ends in .mjs or .js',
  );
});

test('a custom layer takes no hyper-parameters of integer layers', () =>
  refuse(
    [{ all: true, module: 'm.mjs', weight_bits: 4 }],
    'r.json: entry 0: weight_bits means nothing for a custom layer; leave out weight_bits or module',
    { 'm.mjs': LAYER },
  ));

test('mistakes name file, entry and key', async () => {
  const entry = (value: unknown) => [{ all: true }, value];
  const indices = "a list of integers from 0, an upward range {start, stop} or a text like '0-9,20'";
  await refuse(
    entry({ merge_relus: true }),
    "unknown key 'merge_relus' in entry 1 of r.json: did you mean 'merge_relu'?",
  );
  await refuse(
    entry({ bits: 4, weight_bits: 99 }),
    /* nothing near */ [
      "unknown key 'bits' in entry 1 of r.json: the keys are name, indices, layers, all, except, quantized, merge_batch_norm,",
      'merge_relu, per_channel_quantization, symmetric_weights, rounding_div, weight_bits, activation_bits, requantize,',
      'relu_range, module',
    ].join(' '),
  );
  await refuse(
    entry({ per_channel_quant: true, per_channel_quantization: true }),
    "r.json: entry 1: 'per_channel_quant' and 'per_channel_quantization' are the same key; give one of them",
  );
  const cases: readonly (readonly [unknown, string])[] = [
    ['conv2d', ": expected a map of keys to values, got 'conv2d'"],
    [{ weight_bits: 1 }, ': weight_bits: expected an integer from 2 to 16, got 1'],
    [{ activation_bits: 17 }, ': activation_bits: expected an integer from 2 to 16, got 17'],
    [{ weight_bits: 4.5 }, ': weight_bits: expected an integer from 2 to 16, got 4.5'],
    [{ merge_relu: 'yes' }, ": merge_relu: expected true, false or auto, got 'yes'"],
    [{ quantized: 1 }, ': quantized: expected true or false, got 1'],
    [{ indices: [2.5] }, `: indices: expected ${indices}, got [ 2.5 ]`],
    [{ indices: '0-99999999999' }, `: indices: expected ${indices}, got '0-99999999999'`],
    [{ layers: 'Conv1' }, ": layers: expected a list of names of layers, or globs, got 'Conv1'"],
    [{ layers: [] }, ': layers: expected a list of names of layers, or globs, got []'],
    [{ except: [3] }, ': except[0]: expected the name of a layer, or a glob, got 3'],
    [{ relu_range: [0, 6] }, ': relu_range: expected calibrated or fixed, got [ 0, 6 ]'],
    [{ name: null }, ': name: expected the class of a layer, for example conv2d, got null'],
  ];
  for (const [value, message] of cases) await refuse(entry(value), `r.json: entry 1${message}`);
  await refuse({ name: 'conv2d' }, "r.json: expected a list of entries, got { name: 'conv2d' }");
});

test('the demo config loads', async () => {
  const demo = fileURLToPath(new URL('../../fixtures/demo/recreation.yaml', import.meta.url));
  assert.is((await loadRecreationConfig(demo)).entries.length, 7);
});
