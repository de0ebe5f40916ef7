import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA, HERE, modelFolder, nodeRuntimes, PYTHON, QPANN } from './environment.mjs';
import { median } from './statistics.mjs';

const MOBILENET = modelFolder('mobilenet_v2');
const PHOTOS = join(DATA, 'imagenet');

/**
 * Whole commands, on each Node: start, help, operators, two workers, and the evaluation of MobileNetV2 beside Python.
 * @param {boolean} quick once each, on few photos
 * @param {(line: string) => void} say
 */
export async function measureWhole(quick, say) {
  const runtimes = nodeRuntimes();
  const often = quick ? 1 : 10;
  const byRuntime = {};
  for (const { name, path } of runtimes) {
    const qpann = (...args) => timed(path, [QPANN, ...args]);
    byRuntime[name] = {
      help: await repeated(often, () => qpann('--help')),
      demo: await repeated(often, () => qpann('eval', '--limit', '1', '--no-cache', '--quiet')),
      float32: bench(path, 'float.tflite', quick),
      int8: bench(path, 'int8.tflite', quick),
    };
    say(`${name}: start, operators and workers are measured`);
  }
  return { byRuntime, evaluation: await measureEvaluation(runtimes, quick, say) };
}

/** `qpann bench`: the table as it is printed, and the gain of a second worker in each of some runs of the command. */
function bench(node, file, quick) {
  const run = (...args) =>
    execFileSync(node, [QPANN, 'bench', join(MOBILENET, file), '--quiet', ...args], { encoding: 'utf8' });
  const runs = ['--runs', quick ? '3' : '100'];
  const rate = (workers) => JSON.parse(run(...runs, '--workers', String(workers), '--json')).samplesPerSecond;
  const pairs = Array.from({ length: quick ? 1 : 3 }, () => ({ one: rate(1), two: rate(2) }));
  return {
    table: run(...runs),
    one: median(pairs.map(({ one }) => one)),
    two: median(pairs.map(({ two }) => two)),
    gain: median(pairs.map(({ one, two }) => two / one)),
  };
}

/** Seconds and peak memory by number of photos, of QPANN's evaluation with two workers and of Python's, in turn. */
async function measureEvaluation(runtimes, quick, say) {
  if (!existsSync(PHOTOS)) return say('evaluation: skipped: no photos (QPANN_DATA)');
  const config = join(HERE, 'models/evaluation.json');
  mkdirSync(join(HERE, 'models'), { recursive: true });
  writeFileSync(config, JSON.stringify(networkConfig(quick ? 4 : 100)));
  const recreation = join(HERE, 'models/recreation.json');
  writeFileSync(recreation, JSON.stringify(OWN_RECREATION));
  const own = ['--recreation', recreation];
  const commands = runtimes.flatMap(({ name, path }) =>
    [[], own].map((options) => ({
      name: options === own ? `${name}, ${OWN_WEIGHTS}` : name,
      run: (count) =>
        timed(path, [
          QPANN,
          'eval',
          '--network',
          config,
          '--limit',
          String(count),
          ...EVALUATION_OPTIONS,
          ...options,
        ]),
    })),
  );
  if (existsSync(PYTHON))
    commands.push({
      name: 'Python',
      run: (count) =>
        timed(PYTHON, [join(HERE, 'evaluate.py'), MOBILENET, join(PHOTOS, 'images'), String(count)]),
    });
  else say('evaluation in Python: skipped: no Python environment (BENCH_PYTHON)');
  const counts = quick ? [2, 4] : [40, 200];
  const results = commands.map(({ name }) => ({ name, runs: counts.map((count) => ({ count, runs: [] })) }));
  for (let round = 0; round < (quick ? 1 : 3); round++)
    for (const [n, count] of counts.entries())
      for (const [i, { run }] of commands.entries()) results[i].runs[n].runs.push(await run(count));
  return results.map(({ name, runs }) => summary(name, runs));
}

/** By default the Recreated model is the TFLite model; this one differs in every layer, so that three models run. */
const OWN_RECREATION = [{ all: true, weight_bits: 6 }];
const OWN_WEIGHTS = 'weights of 6 bits in Recreated';

const EVALUATION_OPTIONS = ['--workers', '2', '--no-cache', '--quiet'];

const networkConfig = (calibrated) => ({
  model_file: join(MOBILENET, 'model.h5'),
  validation_samples: join(PHOTOS, 'images'),
  validation_labels: join(PHOTOS, 'labels.txt'),
  calibration_batch_size: calibrated,
  preprocess: { crop_fraction: 0.875, mode: 'tf' },
});

function summary(name, runs) {
  const [few, many] = runs.map(({ count, runs: all }) => ({
    count,
    seconds: median(all.map(({ seconds }) => seconds)),
    peakMiB: Math.max(...all.map(({ peakMiB }) => peakMiB)),
  }));
  return { name, few, many, secondsPerImage: (many.seconds - few.seconds) / (many.count - few.count) };
}

async function repeated(count, run) {
  const seconds = [];
  for (let i = 0; i <= count; i++) seconds.push((await run()).seconds);
  return median(seconds.slice(1));
}

/** Runs a command to its end. Peak memory is what Linux keeps of the process with its threads, read until it ends. */
function timed(command, args) {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let peakMiB = 0;
  let errors = '';
  child.stderr.on('data', (text) => {
    errors = (errors + text).slice(-2000);
  });
  const clock = setInterval(() => {
    try {
      const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      peakMiB = Math.max(peakMiB, Number(kilobytes ?? 0) / 1024);
    } catch {
      // The process has ended, or this is not Linux.
    }
  }, 20);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(clock);
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, peakMiB });
      else
        reject(
          new Error(`${args.slice(1, 3).join(' ')} ended with ${code}: ${errors.trim().split('\n').at(-1)}`),
        );
    });
  });
}
