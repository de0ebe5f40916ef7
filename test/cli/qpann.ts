import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../harness.js';

/** The folder of the package. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The demo network and its images. */
export const DEMO = join(ROOT, 'fixtures/demo');
/** The demo network. */
export const MODEL = join(DEMO, 'model.h5');
/** The demo's 200 images. */
export const IMAGES = join(DEMO, 'images');

const MAIN = join(ROOT, 'dist/cli/main.js');
const modified = (path: string): number => statSync(path).mtimeMs;

/** Compiles `src` if `dist` is missing or older. */
function build(): void {
  const src = join(ROOT, 'src');
  const newest = Math.max(
    ...readdirSync(src, { recursive: true, encoding: 'utf8' }).map((f) => modified(join(src, f))),
  );
  if (existsSync(MAIN) && modified(MAIN) >= newest) return;
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
  execFileSync(process.execPath, [join(ROOT, 'tools/build-kernels.mjs')], { cwd: ROOT });
  execFileSync(process.execPath, [join(ROOT, 'tools/link-bin.mjs')]);
}
build();

const temporary = mkdtempSync(join(tmpdir(), 'qpann-test-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
let paths = 0;

// No test leaves images in the user's cache.
process.env.QPANN_CACHE = join(temporary, 'cache');

/** A new path in a folder that is removed when the tests end; nothing is there yet. */
export function newPath(name = 'dir'): string {
  paths += 1;
  return join(temporary, `${paths}-${name}`);
}

/** Writes a file that is removed when the tests end. @returns its path */
export function newFile(name: string, content: string | Uint8Array): string {
  const path = newPath(name);
  writeFileSync(path, content);
  return path;
}

/** A network config for the demo that calibrates on 5 images, with some keys replaced. @returns its path */
export const networkFile = (changes: object = {}): string =>
  newFile('network.json', JSON.stringify({ ...NETWORK, ...changes }));

/** Keys that put a network in the place of the demo's that runs a hundred times faster: 10×10 pixels, five classes. */
export const TINY = {
  model_file: join(ROOT, 'fixtures/keras/sequential-keras2.h5'),
  input_shape: [10, 10, 3],
  label_names: null,
};

const NETWORK = {
  model_file: MODEL,
  input_shape: [64, 64, 3],
  validation_samples: IMAGES,
  validation_labels: join(DEMO, 'labels.txt'),
  label_names: join(DEMO, 'label_names.txt'),
  calibration_samples: join(DEMO, 'calibration'),
  calibration_batch_size: 5,
};

/** How a run of `qpann` ended. */
export interface Outcome {
  /** Exit code; null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `qpann`. @param watch sees the process as it starts */
export function qpann(args: readonly string[], watch?: (child: ChildProcess) => void): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    watch?.(child);
  });
}

/** Runs `qpann`, which must succeed. @returns what it printed on standard output */
export async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await qpann(args);
  assert.is(code, 0, stderr);
  return stdout;
}

/** Runs `qpann`, which must end with an exit code and one line on standard error. @returns that line */
export async function refuse(exitCode: 1 | 2, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await qpann(args);
  const lines = stderr
    .split('\n')
    .filter((line) => line !== '' && !/^(Calibrating|Evaluating|Probing): /.test(line));
  assert.is(lines.length, 1, `one line:\n${stderr}`);
  assert.match(lines[0]!, /^qpann: /);
  assert.not.match(stderr, /\n {4}at |a defect of qpann|undefined|NaN\b(?! \()/);
  assert.is(code, exitCode, stderr);
  if (exitCode === 2) assert.is(stdout, '');
  return lines[0]!;
}
