import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, test } from '../harness.js';
import { DEMO, MODEL, networkFile, newFile, newPath, ROOT, refuse } from './qpann.js';

const keras = (name: string): string => join(ROOT, `fixtures/keras/${name}-keras2.h5`);
const labels = readFileSync(join(DEMO, 'labels.txt'), 'utf8').trimEnd().split('\n');
const labelFile = (...lines: string[]): string => newFile('labels.txt', `${lines.join('\n')}\n`);
const emptyFolder = newPath('empty');
mkdirSync(emptyFolder);

/** What is wrong in a network config, and the words of the message. */
const NETWORKS: readonly (readonly [what: string, changes: object, ...words: (string | RegExp)[]])[] = [
  ['a missing model', { model_file: 'nowhere.h5' }, 'nowhere.h5', 'no such file'],
  ['a folder as model', { model_file: DEMO }, DEMO, 'a folder, not a file'],
  [
    'a truncated model',
    { model_file: newFile('half.h5', readFileSync(MODEL).subarray(0, 90_000)) },
    'half.h5',
  ],
  ['an empty model', { model_file: newFile('empty.h5', '') }, 'empty.h5', 'HDF5'],
  ['weights only', { model_file: keras('bad-weights_only') }, 'bad-weights_only', 'no architecture'],
  ['an unsupported layer', { model_file: keras('bad-unsupported') }, 'layer 1 grouped (GroupNormalization)'],
  ['weights that are NaN', { model_file: keras('bad-nan_weights') }, 'layer 1 dense', 'holds NaN'],
  ['a damaged .tflite', { model_file: newFile('m.tflite', 'TFL3') }, 'm.tflite'],
  [
    'a network without an image',
    { model_file: keras('vector'), input_shape: null },
    'vector',
    'needs one image as input',
  ],
  ['a label too few', { validation_labels: labelFile(...labels.slice(1)) }, '199 labels for 200 images'],
  ['a label too many', { validation_labels: labelFile(...labels, '1') }, '201 labels for 200 images'],
  [
    'a label out of range',
    { validation_labels: labelFile('10', ...labels.slice(1)) },
    'line 1: label 10 is out of range; expected 0 to 9',
  ],
  [
    'labels that are no numbers',
    { validation_labels: labelFile('ring', ...labels.slice(1)) },
    "line 1: expected one integer, got 'ring'",
  ],
  ['a missing label file', { validation_labels: 'nowhere.txt' }, 'nowhere.txt', 'cannot be read'],
  ['too few names', { label_names: labelFile('one', 'two') }, '2 names for the 10 classes'],
  ['no image', { validation_samples: emptyFolder }, emptyFolder, 'there is no image; expected .png'],
  ['a missing image folder', { validation_samples: 'nowhere' }, 'nowhere', 'cannot be read'],
  ['indices beyond the images', { image_indices: '0-200' }, '200 is out of range'],
  ['an unknown key', { calibration_batch_sise: 5 }, "did you mean 'calibration_batch_size'?"],
  ['a value of another kind', { calibration_batch_size: 'many' }, 'calibration_batch_size', "got 'many'"],
];
for (const [what, changes, ...words] of NETWORKS)
  test(`eval refuses ${what}`, async () => {
    const out = newPath();
    const line = await refuse(2, 'eval', '--network', networkFile(changes), '--limit', '1', '--out', out);
    for (const word of words) assert.match(line, word);
    assert.equal(leftovers(out), []);
  });

/** What is wrong in a recreation config, and the words of the message. */
const RECREATIONS: readonly (readonly [what: string, text: string, ...words: string[]])[] = [
  ['a layer of another class', '- {name: conv2d, indices: [2]}', '2', 'bn_Conv1'],
  ['an index beyond the layers', '- {name: conv2d, indices: [65]}', '65'],
  ['a glob without match', "- {name: conv2d, layers: ['block_9_*']}", 'block_9_*'],
  ['an unknown key', '- {name: conv2d, all: true, weight_bit: 4}', "did you mean 'weight_bits'?"],
  ['an unknown class', '- {name: conv3d, all: true}', 'conv3d'],
  ['too many bits', '- {name: conv2d, all: true, weight_bits: 17}', 'an integer from 2 to 16', '17'],
  ['bad YAML', '- {name: conv2d\n- x', 'line 2'],
  ['a map', 'name: conv2d', 'expected a list of entries'],
  ['a missing module', '- {name: dense, all: true, module: ./nowhere.mjs}', 'nowhere.mjs'],
];
for (const [what, text, ...words] of RECREATIONS)
  test(`eval refuses ${what} in a recreation config`, async () => {
    const out = newPath();
    const file = newFile('recreation.yaml', text);
    const args = ['--network', networkFile(), '--recreation', file, '--limit', '1', '--out', out];
    const line = await refuse(2, 'eval', ...args);
    for (const word of words) assert.match(line, word);
    assert.equal(leftovers(out), []);
  });

test('eval refuses configs that are missing, a folder or of another kind', async () => {
  for (const path of ['nowhere.yaml', DEMO, newFile('network.txt', '')])
    for (const option of ['--network', '--recreation'])
      assert.match(await refuse(2, 'eval', option, path, '--limit', '1'), path);
  assert.match(await refuse(2, 'eval', '--network', newFile('n.json', '{"a": }')), 'line 1, column 7');
});

test('inspect refuses what is no network', async () => {
  for (const path of ['nowhere.h5', DEMO, join(DEMO, 'labels.txt'), newFile('m.tflite', 'TFL3')])
    assert.match(await refuse(2, 'inspect', path), path.split('/').at(-1)!);
});

test('a damaged model never shows a stack', async () => {
  const whole = readFileSync(MODEL);
  for (const size of [1, 8, 100, 2_000, 50_000, whole.length - 1]) {
    const line = await refuse(2, 'inspect', newFile('cut.h5', whole.subarray(0, size)));
    assert.match(line, 'cut.h5');
  }
});

/** What a run left at and beside its --out. */
const leftovers = (out: string): string[] =>
  readdirSync(join(out, '..')).filter((name) => name.startsWith(out.split('/').at(-1)!));
