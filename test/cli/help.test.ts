import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, test } from '../harness.js';
import { qpann, ROOT, refuse, succeed } from './qpann.js';

for (const command of [
  [],
  ['eval'],
  ['convert'],
  ['inspect'],
  ['run'],
  ['vectors'],
  ['compare'],
  ['sweep'],
  ['optimize'],
  ['study'],
])
  test(`qpann ${command.join(' ')} --help explains itself with examples`, async () => {
    const help = await succeed(...command, '--help');
    assert.match(help, /Examples:\n {2}qpann /);
    assert.match(help, '--debug');
    assert.ok(
      help.split('\n').every((line) => line.length <= 100),
      'fits 100 columns',
    );
    assert.is(await succeed(...command, '-h'), help);
  });

test('qpann eval --help lists every option', async () => {
  const help = await succeed('eval', '--help');
  for (const option of [
    'network',
    'recreation',
    'from',
    'out',
    'limit',
    'format',
    'quiet',
    'force',
    'skip-bad-images',
  ])
    assert.match(help, `--${option} `);
});

test('qpann --version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.is(await succeed('--version'), `${version}\n`);
});

const MISTAKES: readonly (readonly [args: string, message: RegExp])[] = [
  ['', /name a command: eval, sweep, optimize, study, convert, inspect/],
  ['evl', /Did you mean eval\?/],
  ['nonsense', /Unknown (command|argument): nonsense/],
  ['eval --limt 3', /Unknown argument: limt/],
  ['eval stray', /Unknown argument: stray/],
  ['eval --format xml', /"xml", Choices: "text", "json"/],
  ['eval --recreation', /Not enough arguments following: recreation/],
  ['eval --limit', /Not enough arguments following: limit/],
  ['eval --limit 0', /--limit 0: expected a whole number from 1/],
  ['eval --limit -3', /--limit -3: expected a whole number from 1/],
  ['eval --limit abc', /--limit abc: expected a whole number from 1/],
  ['eval --limit 1.5', /--limit 1.5: expected a whole number from 1/],
  ['eval --limit=', /--limit\b.*: expected a whole number from 1|Not enough arguments/],
  ['eval --from x --network y', /leave out --network and --recreation/],
  ['inspect', /Not enough non-option arguments/],
  ['inspect a.h5 b.h5', /Unknown argument: b.h5/],
  ['convert model.h5', /Missing required argument: output/],
  ['convert -o m.tflite', /name the model to convert, or give --network/],
  ['convert m.h5 -o m.h5', /-o m\.h5 is the model itself/],
  ['convert m.h5 -o m.tflite --per-tensor', /--per-tensor is for quantization, which needs --calibration/],
  ['convert m.h5 -o m.tflite --mode tf', /--mode is for quantization, which needs --calibration/],
  ['convert m.h5 -o m.tflite --calibration x --samples 0', /--samples 0: expected a whole number from 1/],
  ['convert m.h5 -o m.tflite --workers 2', /--workers is for quantization, which needs --calibration/],
  ['convert m.h5 -o m.tflite --calibration x --workers 0', /--workers 0: expected a whole number from 1/],
  ['convert m.h5 -o m.tflite --calibration x --samples a', /--samples a: expected a whole number/],
  ['convert m.h5 -o m.tflite --calibration x --io int16', /int16 does not go with 8-bit activations/],
  ['convert m.h5 -o m.tflite --calibration x --io int8 --int16-activations', /int8 does not go with 16-bit/],
  ['convert m.h5 -o m.tflite --calibration x.npy --mode tf', /--mode is for images; x\.npy is read as/],
  ['run model.h5', /Missing required argument: input/],
  ['run model.h5 --input x.npy --all-tensors', /--all-tensors needs --out DIR/],
  ['vectors m.tflite --input x.npy', /Missing required argument: out/],
];
for (const [args, message] of MISTAKES)
  test(`qpann ${args}: refused with a hint`, async () => {
    assert.match(await refuse(2, ...args.split(' ').filter((arg) => arg !== '')), message);
  });

test('--debug shows the stack of an error', async () => {
  const { code, stderr } = await qpann(['inspect', 'nowhere.h5', '--debug']);
  assert.is(code, 2);
  assert.match(stderr, /nowhere\.h5: cannot read the model: no such file\n {4}at /);
});

test('a checkout has the command where `npx qpann` looks for it, also after another build', () => {
  const command = join(ROOT, 'node_modules/.bin/qpann');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  if (process.platform !== 'win32')
    assert.is(execFileSync(command, ['--version'], { encoding: 'utf8' }).trim(), version);
});
