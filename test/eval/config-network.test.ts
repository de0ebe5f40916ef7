import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calibratorOf, loadNetworkConfig, preprocessOptions } from '../../src/eval/config/index.js';
import { assert, test } from '../harness.js';
import { messageOf, withFiles } from './config-files.js';

const REQUIRED = { model_file: 'm.h5', validation_samples: 'images', validation_labels: '/data/labels.txt' };

const load = (settings: object) =>
  withFiles({ 'network.json': JSON.stringify({ ...REQUIRED, ...settings }) }, async (folder) => ({
    folder,
    config: await loadNetworkConfig(join(folder, 'network.json')),
  }));

const refuse = async (settings: object, message: string) =>
  withFiles({ 'network.json': JSON.stringify({ ...REQUIRED, ...settings }) }, async (folder) =>
    assert.is(await messageOf(folder, loadNetworkConfig(join(folder, 'network.json'))), message),
  );

test('a short config gets every default and absolute paths', async () => {
  const { folder, config } = await load({});
  assert.equal(config, {
    model_file: join(folder, 'm.h5'),
    input_shape: null,
    image_indices: null,
    index_base: 0,
    validation_samples: join(folder, 'images'),
    validation_labels: '/data/labels.txt',
    label_offset: 0,
    label_names: null,
    calibration_samples: null,
    calibration_batch_size: 100,
    calibration_indices: null,
    calibrator: 'minmax',
    percentile: null,
    calibrator_bits: null,
    averaging_constant: null,
    preprocess: { resize: 'bilinear', crop_fraction: null, mode: 'tf' },
    tflite_file: null,
    seed: 1,
  });
  assert.equal(preprocessOptions(config), {
    resize: 'bilinear',
    cropFraction: null,
    normalization: { mode: 'tf' },
  });
});

test('a full config keeps what is given', async () => {
  const given = {
    input_shape: [224, 160, 3],
    image_indices: { start: 1, stop: 50001 },
    index_base: 1,
    label_offset: -1,
    label_names: '/n.txt',
    calibration_samples: '/c',
    calibration_batch_size: 7,
    calibration_indices: '0-9,20',
    tflite_file: '/m.tflite',
    seed: 4294967295,
  };
  const { config } = await load({
    ...given,
    preprocess: { resize: 'nearest', crop_fraction: 0.875, mode: 'torch' },
  });
  assert.equal({ ...config, ...given }, config);
  assert.equal(config.preprocess, { resize: 'nearest', crop_fraction: 0.875, mode: 'torch' });
});

test('mean, std and scale become one number per channel', async () => {
  const { config } = await load({ input_shape: [8, 8, 3], preprocess: { mean: 127.5, std: [1, 2, 3] } });
  assert.equal(config.preprocess, {
    resize: 'bilinear',
    crop_fraction: null,
    mean: [127.5, 127.5, 127.5],
    std: [1, 2, 3],
    scale: 1,
  });
  assert.equal(preprocessOptions(config).normalization, {
    mean: [127.5, 127.5, 127.5],
    std: [1, 2, 3],
    scale: 1,
  });
  const listed = await load({ preprocess: { mean: [0.5], scale: 1 / 255 } });
  assert.equal(preprocessOptions(listed.config).normalization, { mean: [0.5], std: [1], scale: 1 / 255 });
});

test('the resolved config is read back as itself', () =>
  withFiles({}, async (folder) => {
    const settings = [
      {},
      { image_indices: [3, 1], input_shape: [4, 4, 1], preprocess: { std: 2 } },
      { image_indices: { start: 0, stop: 2 }, label_names: 'n', tflite_file: 't', seed: 0 },
    ];
    for (const setting of settings) {
      const { config } = await load(setting);
      await writeFile(join(folder, 'resolved.json'), JSON.stringify(config));
      assert.equal(await loadNetworkConfig(join(folder, 'resolved.json')), config);
    }
  }));

test('JSON, YAML and modules give the same', async () => {
  const body = JSON.stringify(REQUIRED);
  const yaml =
    'model_file: m.h5 # a comment\nvalidation_samples: images\nvalidation_labels: /data/labels.txt\n';
  const files = {
    'a.json': `\uFEFF${body}`,
    'b.yaml': yaml,
    'c.YML': yaml,
    'd.mjs': `export default ${body}`,
    'e.mjs': `export const network_config = ${body}`,
    'f.yaml': `network_config: ${body}`,
    'g.mjs': `export default { network_config: ${body} }`,
  };
  await withFiles(files, async (folder) => {
    const expected = await loadNetworkConfig(join(folder, 'a.json'));
    for (const name of Object.keys(files))
      assert.equal(await loadNetworkConfig(join(folder, name)), expected, name);
  });
});

test('the old spelling of the calibration batch size is known', async () => {
  assert.is((await load({ 'calibration batch size': 50 })).config.calibration_batch_size, 50);
  await refuse(
    { 'calibration batch size': 50, calibration_batch_size: 60 },
    "network.json: 'calibration batch size' and 'calibration_batch_size' are the same key; give one of them",
  );
});

test('the demo config loads', async () => {
  const demo = fileURLToPath(new URL('../../fixtures/demo/', import.meta.url));
  const config = await loadNetworkConfig(join(demo, 'network.yaml'));
  assert.is(config.model_file, join(demo, 'model.h5'));
  assert.is(config.calibration_samples, join(demo, 'calibration'));
});

test('unknown keys are refused with the nearest known one', async () => {
  await refuse(
    { labels_names: 'x' },
    "unknown key 'labels_names' in network.json: did you mean 'label_names'?",
  );
  await refuse({ SEED: 1 }, "unknown key 'SEED' in network.json: did you mean 'seed'?");
  await refuse(
    { model_file: 1, preprocess: { resise: 'nearest' } },
    "unknown key 'resise' in preprocess of network.json: did you mean 'resize'?",
  );
  await refuse(
    { preprocess: { gamma_correction: 1 } },
    "unknown key 'gamma_correction' in preprocess of network.json: the keys are resize, crop_fraction, mode, mean, std, scale",
  );
});

test('values of the wrong kind are refused in plain words', async () => {
  const indices = "a list of integers from 0, an upward range {start, stop} or a text like '0-9,20'";
  const size = 'three sizes [height, width, channels]';
  const cases: readonly (readonly [object, string])[] = [
    [{ model_file: undefined }, 'model_file is missing; expected the path of a model'],
    [
      { validation_samples: undefined },
      'validation_samples is missing; expected the path of a folder of images',
    ],
    [{ validation_labels: '' }, "validation_labels: expected the path of a file of labels, got ''"],
    [{ model_file: null }, 'model_file: expected the path of a model, got null'],
    [{ input_shape: [224, 224] }, `input_shape: expected ${size}, got [ 224, 224 ]`],
    [{ input_shape: [1, 224, 224, 3] }, `input_shape: expected ${size}, got [ 1, 224, 224, 3 ]`],
    [{ input_shape: [224, 0, 3] }, 'input_shape[1]: expected an integer from 1, got 0'],
    [{ image_indices: 7 }, `image_indices: expected ${indices}, got 7`],
    [{ image_indices: [1, -1] }, `image_indices: expected ${indices}, got [ 1, -1 ]`],
    [{ image_indices: [] }, `image_indices: expected ${indices}, got []`],
    [{ image_indices: '9-0' }, `image_indices: expected ${indices}, got '9-0'`],
    [
      { image_indices: { start: 3, stop: 3 } },
      `image_indices: expected ${indices}, got { start: 3, stop: 3 }`,
    ],
    [
      { calibration_indices: { start: 0, stop: 9, step: 2 } },
      `calibration_indices: expected ${indices}, got { start: 0, stop: 9, step: 2 }`,
    ],
    [{ index_base: 2 }, 'index_base: expected 0 or 1, got 2'],
    [{ label_offset: 0.5 }, 'label_offset: expected an integer, got 0.5'],
    [{ label_names: 3 }, 'label_names: expected the path of a file of names, got 3'],
    [{ calibration_batch_size: 0 }, 'calibration_batch_size: expected an integer from 1, got 0'],
    [{ calibration_batch_size: '100' }, "calibration_batch_size: expected an integer from 1, got '100'"],
    [{ seed: -1 }, 'seed: expected an integer from 0 to 4294967295, got -1'],
    [{ preprocess: 'tf' }, "preprocess: expected a map of keys to values, got 'tf'"],
    [
      { preprocess: { resize: 'cubic' } },
      "preprocess.resize: expected bilinear, nearest or bicubic, got 'cubic'",
    ],
    [
      { preprocess: { crop_fraction: 0 } },
      'preprocess.crop_fraction: expected a number above 0 and up to 1, or null, got 0',
    ],
    [
      { preprocess: { mode: 'pytorch' } },
      "preprocess.mode: expected tf, torch, caffe or none, got 'pytorch'",
    ],
    [
      { preprocess: { mean: ['a'] } },
      "preprocess.mean: expected a number, or a list of one number per channel, got [ 'a' ]",
    ],
    [
      { preprocess: { std: [1, 0] } },
      'preprocess.std: expected a number, or a list of one number per channel, none of them 0, got [ 1, 0 ]',
    ],
    [
      { preprocess: { mode: 'tf', scale: 1 } },
      'preprocess: give either mode or mean, std and scale; mode and scale are given',
    ],
    [
      { preprocess: { std: 2 } },
      'preprocess.std: how many channels? Give input_shape, or mean or std as a list with one number per channel',
    ],
    [
      { input_shape: [8, 8, 3], preprocess: { mean: [1, 2] } },
      'preprocess.mean: expected 3 numbers, one per channel, got 2',
    ],
  ];
  for (const [settings, message] of cases) await refuse(settings, `network.json: ${message}`);
});

test('files that cannot be read or parsed are refused', async () => {
  const files = {
    'a.json': '{\n  "model_file": "m.h5",\n  "seed": 01\n}',
    'b.json': '{"seed": [1, 2',
    'c.json': '[1, 2]',
    'd.json': '{"a": "tab\there"}',
    'p.json': '{"model_file": "C:\\data"}',
    'e.yaml': 'model_file: m.h5\nseed: 1\nseed: 2\n',
    'f.yaml': 'model_file: m.h5\npreprocess: { mode: tf\nseed: 1\n',
    'g.yaml': `a: &a [1]\nb: [${'*a, '.repeat(200)}]\n`,
    'h.yaml': '',
    'i.yaml': 'a: 1\n---\nb: 2\n',
    'j.yaml': 'seed: !!python/tuple [1]\n',
    'k.mjs': 'export default {\n  seed: 1,\n  model_file: ,\n}\n',
    'l.mjs': "throw new Error('first line\\nsecond line')\n",
    'm.mjs': 'export const config = {}\n',
    'n.py': 'network_config = {}\n',
    'o.yaml': '&a [*a]\n',
  };
  const expected = {
    'a.json': 'a.json, line 3, column 11: not valid JSON: unexpected "0"',
    'b.json': 'b.json, line 1, column 15: not valid JSON: ends too early',
    'c.json': 'c.json: expected a map of keys to values, got [ 1, 2 ]',
    'd.json': 'd.json, line 1, column 11: not valid JSON: unexpected "\\t"',
    'p.json': 'p.json, line 1, column 19: not valid JSON: unexpected "\\\\"',
    'e.yaml': 'e.yaml, line 3, column 1: not valid YAML: Map keys must be unique',
    'f.yaml':
      'f.yaml, line 3, column 1: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }',
    'g.yaml': 'g.yaml: not valid YAML: Excessive alias count indicates a resource exhaustion attack',
    'h.yaml': 'h.yaml: expected a map of keys to values, got null',
    'i.yaml': 'i.yaml, line 2, column 1: not valid YAML: more than one document',
    'j.yaml': 'j.yaml, line 1, column 7: not valid YAML: Unresolved tag: tag:yaml.org,2002:python/tuple',
    'k.mjs': "k.mjs, line 3, column 15: the module cannot be imported: Unexpected token ','",
    'l.mjs': 'l.mjs: the module cannot be imported: first line',
    'm.mjs': 'm.mjs: exports neither default nor network_config',
    'n.py': 'n.py: expected a file that ends in .json, .yaml, .yml, .mjs or .js',
    'o.yaml': 'o.yaml: expected a map of keys to values, got <ref *1> [ [Circular *1] ]',
    'missing.json': 'missing.json: there is no such file',
  };
  await withFiles(files, async (folder) => {
    for (const [name, message] of Object.entries(expected))
      assert.is(await messageOf(folder, loadNetworkConfig(join(folder, name))), message);
    const itself = await messageOf(dirname(folder), loadNetworkConfig(folder));
    assert.is(itself, `${basename(folder)}: is a folder; expected a file`);
  });
});

test('a calibrator gets its usual parameters, and only its own', async () => {
  const parameters = async (settings: object) => {
    const { config } = await load(settings);
    const { calibrator, percentile, calibrator_bits, averaging_constant } = config;
    return [calibrator, percentile, calibrator_bits, averaging_constant, calibratorOf(config)];
  };
  assert.equal(await parameters({ calibrator: 'percentile' }), [
    'percentile',
    99.99,
    null,
    null,
    { method: 'percentile', percentile: 99.99 },
  ]);
  assert.equal(await parameters({ calibrator: 'entropy', calibrator_bits: 4 }), [
    'entropy',
    null,
    4,
    null,
    { method: 'entropy', bits: 4 },
  ]);
  assert.equal((await parameters({ calibrator: 'mse' })).at(-1), { method: 'mse', bits: 8 });
  assert.equal((await parameters({ calibrator: 'moving_average', averaging_constant: 0.5 })).at(-1), {
    method: 'moving_average',
    averagingConstant: 0.5,
  });
  const { config } = await load({ calibrator: 'percentile', percentile: 99 });
  const again = await load(config);
  assert.equal(again.config, config, 'written out and read back it is the same');
});

test('unknown calibrators and parameters of others are refused', async () => {
  await refuse(
    { calibrator: 'median' },
    "network.json: calibrator: expected one of minmax, percentile, mse, entropy, moving_average, got 'median'",
  );
  await refuse({ percentile: 99 }, 'network.json: percentile: the calibrator minmax does not take it');
  await refuse(
    { calibrator: 'mse', averaging_constant: 0.1 },
    'network.json: averaging_constant: the calibrator mse does not take it',
  );
  for (const percentile of [50, 100.5, '99'])
    await refuse(
      { calibrator: 'percentile', percentile },
      `network.json: percentile: expected a number above 50 and up to 100, got ${typeof percentile === 'string' ? "'99'" : percentile}`,
    );
});
