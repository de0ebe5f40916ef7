import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { encodeNpy } from '../../src/formats/npy.js';
import { assert, test } from '../harness.js';
import { expectation, unpacked } from '../import/tflite-files.js';
import { newFile, newPath, ROOT, succeed } from './qpann.js';

const EXAMPLE = join(ROOT, 'examples/c-reference');
const DATA = resolve(ROOT, process.env.QPANN_DATA ?? '../shared/data');
const MOBILENET = join(DATA, 'models/mobilenet_v1_025_224_int8.tflite');
const PHOTOS = join(DATA, 'imagenet/images');
const COMPILER = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);

const testIf = (reason: string | null, name: string, body: () => Promise<void>): void => {
  if (reason === null) test(name, body);
  else test(`${name} (skipped: ${reason})`, () => {});
};
const withCompiler = COMPILER === undefined ? 'there is no C compiler' : null;

type Kernel = 'CONV' | 'DEPTHWISE' | 'DENSE' | 'ADD';

/** Compiles the example for some headers. @returns what it prints, and its exit code */
function check(headers: Readonly<Partial<Record<Kernel, string>>>) {
  const program = newPath('check');
  const sources = readdirSync(EXAMPLE).filter((file) => file.endsWith('.c'));
  execFileSync(COMPILER!, [
    ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-O1', '-o', program],
    ...Object.entries(headers).map(([kernel, file]) => `-D${kernel}="${file}"`),
    ...sources.map((file) => join(EXAMPLE, file)),
  ]);
  const { status, stdout } = spawnSync(program, { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

/** Headers of a model's operators, by index. */
async function headersOf(model: string, layers: readonly number[], ...input: string[]): Promise<string[]> {
  const out = newPath();
  await succeed('vectors', model, '--layers', layers.join(), '--format', 'c', '-o', out, ...input);
  const folders = readdirSync(out).sort();
  return layers.map((index) => {
    const folder = folders.find((name) => name.startsWith(`${String(index).padStart(3, '0')}_`));
    return join(out, folder!, 'vector.h');
  });
}

const fixture = (name: string): string => join(ROOT, `fixtures/tflite/${name}.tflite`);

/** The fixture's input as a file. */
const inputOf = (name: string, shape: readonly number[]): string[] => [
  '--input',
  newFile('x.npy', encodeNpy({ shape, data: unpacked(expectation(name).input) })),
];

const EQUAL =
  /^(conv|depthwise|dense|add): accumulator, value before the clamp and output of \d+ elements are equal$/;

for (const width of ['int8', '16x8'])
  testIf(withCompiler, `the C kernels compute the vectors of ${width} networks`, async () => {
    const image = inputOf(`mobile-${width}`, [1, 13, 12, 3]);
    const [conv, depthwise, add, second] = await headersOf(
      fixture(`mobile-${width}`),
      [0, 1, 3, 5],
      ...image,
    );
    const dense = await headersOf(
      fixture(`dense-${width}`),
      [4, 7],
      ...inputOf(`dense-${width}`, [1, 11, 10, 2]),
    );
    for (const headers of [
      { CONV: conv!, DEPTHWISE: depthwise!, DENSE: dense[0]!, ADD: add! },
      { DEPTHWISE: second!, DENSE: dense[1]! },
    ]) {
      const { status, lines } = check(headers);
      assert.is(lines.length, Object.keys(headers).length);
      for (const line of lines) assert.match(line, EQUAL);
      assert.is(status, 0);
    }
  });

testIf(withCompiler, 'the C kernels compute the vectors of a uint8 network', async () => {
  const image = inputOf('mobile-uint8', [1, 13, 12, 3]);
  const [CONV, DEPTHWISE, DENSE, ADD] = await headersOf(fixture('mobile-uint8'), [0, 4, 7, 3], ...image);
  const { status, lines } = check({ CONV: CONV!, DEPTHWISE: DEPTHWISE!, DENSE: DENSE!, ADD: ADD! });
  for (const line of lines) assert.match(line, EQUAL);
  assert.is(status, 0);
});

testIf(withCompiler, 'the C kernels compute the vectors of TensorFlow 2.20 numerics', async () => {
  const input = inputOf('dense-int8', [1, 11, 10, 2]);
  const [dense] = await headersOf(fixture('dense-int8'), [4], ...input, '--numerics', 'tflite-2.20');
  assert.match(readFileSync(dense!, 'utf8'), 'QPANN(rescaling_float64) = 1');
  const { status, lines } = check({ DENSE: dense! });
  assert.is(status, 0);
  assert.match(lines[0]!, EQUAL);
});

testIf(
  withCompiler,
  'one program may include the headers of any operators, each with a prefix of its own',
  async () => {
    for (const [name, shape] of [
      ['merges-int8', [1, 8, 8, 4]],
      ['dense-16x8', [1, 11, 10, 2]],
    ] as const) {
      const out = newPath();
      await succeed('vectors', fixture(name), '--format', 'c', '-o', out, ...inputOf(name, shape));
      const includes = readdirSync(out, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.h'))
        .map((file, i) => `#define QPANN(name) v${i}_##name\n#include "${join(out, file)}"\n#undef QPANN\n`);
      assert.ok(includes.length >= 9);
      const program = newFile('all.c', `${includes.join('')}int main(void) { return 0; }\n`);
      const flags = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
      execFileSync(COMPILER!, [...flags, '-fsyntax-only', program]);
    }
  },
);

testIf(withCompiler, 'the C program notices another rounding', async () => {
  const [conv] = await headersOf(fixture('mobile-int8'), [0], ...inputOf('mobile-int8', [1, 13, 12, 3]));
  const header = readFileSync(conv!, 'utf8');
  writeFileSync(conv!, header.replace('QPANN(rounding_nearest) = 1', 'QPANN(rounding_nearest) = 0'));
  const { status, lines } = check({ CONV: conv! });
  assert.is(status, 1);
  assert.match(lines[0]!, /^conv: before_clamp\[\d+\] is -?\d+, the vector says -?\d+$/);
  assert.match(lines.at(-1)!, /^conv: \d+ values differ$/);
});

testIf(
  withCompiler ?? (process.platform === 'win32' ? 'no shell' : null),
  'the commands of the README work as they stand',
  async () => {
    const [commands] = /(?<=```sh\n)[\s\S]*?(?=```)/.exec(readFileSync(join(EXAMPLE, 'README.md'), 'utf8'))!;
    const folder = newPath();
    mkdirSync(folder);
    for (const name of ['fixtures', 'examples']) symlinkSync(join(ROOT, name), join(folder, name));
    const path = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
    const output = execFileSync('sh', ['-e', '-c', commands.replace('npx qpann', 'qpann')], {
      cwd: folder,
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = output.trimEnd().split('\n').slice(-4);
    assert.equal(
      lines.map((line) => EQUAL.exec(line)?.[1]),
      ['conv', 'depthwise', 'dense', 'add'],
    );
  },
);

testIf(
  withCompiler ?? (existsSync(MOBILENET) && existsSync(PHOTOS) ? null : 'QPANN_DATA has no MobileNet'),
  'the C kernels compute MobileNetV1 on a photo',
  async () => {
    const photo = join(PHOTOS, readdirSync(PHOTOS).sort()[0]!);
    const image = ['--input', photo, '--crop-fraction', '0.875'];
    const [conv, depthwise, strided] = await headersOf(MOBILENET, [0, 1, 4], ...image);
    assert.equal(check({ CONV: conv!, DEPTHWISE: depthwise! }).status, 0);
    assert.equal(check({ DEPTHWISE: strided! }).status, 0);
  },
);
