import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';
import { networkFile, newPath, qpann, refuse, succeed } from './qpann.js';

const network = networkFile();
const FILES = [
  'layers.csv',
  'model_int8.tflite',
  'network.json',
  'predictions.csv',
  'recreation.json',
  'report.html',
  'results.json',
  'run.json',
  'sqnr.csv',
  'sqnr.dot',
  'sqnr.svg',
];

/** One run of 40 images that most tests look at. */
const shared = (async () => {
  const out = newPath('run');
  const { code, stdout, stderr } = await qpann(['eval', '--network', network, '--limit', '40', '--out', out]);
  const read = (file: string): string => readFileSync(join(out, file), 'utf8');
  return { out, code, stdout, stderr, read, results: JSON.parse(read('results.json')) as Results };
})();

test('eval writes a whole run directory', async () => {
  const { out, code, stdout, read } = await shared;
  assert.is(code, 0);
  assert.equal(readdirSync(out).sort(), FILES);
  assert.not.ok(existsSync(`${out}.partial`));
  assert.ok(stdout.endsWith(`\nWritten to ${out}\n`));
  assert.match(read('sqnr.svg'), /^<\?xml.*\n[\s\S]*<\/svg>\n$/);
  assert.match(read('sqnr.dot'), /^digraph "model\.h5: SQNR of the Recreated model" \{\n[\s\S]*\n\}\n$/);
  const columns = (line: string): number => line.split(',').length;
  for (const [file, lines] of [
    ['predictions.csv', 1 + 40],
    ['layers.csv', 1 + 28],
    ['sqnr.csv', 1 + 28 + 29],
  ] as const) {
    const rows = read(file).trimEnd().split('\n');
    assert.ok(
      rows.every((row) => columns(row) === columns(rows[0]!)),
      file,
    );
    if (file === 'predictions.csv') assert.is(rows.length, lines);
  }
  const run = JSON.parse(read('run.json'));
  assert.is(run.schema, 'qpann.run/1');
  assert.equal(run.options, { limit: 40, numerics: 'tflite-2.15', skip_bad_images: false });
  assert.ok(Date.parse(run.finished) >= Date.parse(run.started));
});

test('eval writes its TFLite model, which is what convert makes', async () => {
  const { out } = await shared;
  const converted = newPath('model.tflite');
  await succeed('convert', '--network', network, '-o', converted);
  assert.ok(readFileSync(converted).equals(readFileSync(join(out, 'model_int8.tflite'))));
});

const isDecibel = (value: unknown): boolean => value === null || Number.isFinite(value);

test('results.json has exactly the keys of its interface, in order', async () => {
  const { results } = await shared;
  assert.equal(Object.keys(results), [
    'schema',
    'numerics',
    'samples',
    'calibration',
    'models',
    'agreement',
    'sqnr',
    'layers',
    'probe',
    'cost',
    'skipped',
  ]);
  const { schema, samples, calibration, models, agreement, sqnr, skipped } = results;
  assert.equal([schema, samples, skipped], ['qpann.results/2', 40, []]);
  assert.equal(Object.keys(calibration), ['samples', 'method', 'indices']);
  assert.equal([calibration.samples, calibration.method, calibration.indices.length], [5, 'minmax', 5]);
  assert.equal(Object.keys(models), ['reference', 'tflite', 'recreated']);
  for (const accuracy of Object.values(models)) {
    assert.equal(Object.keys(accuracy), ['top1', 'top5', 'correct1', 'correct5']);
    assert.equal([accuracy.top1, accuracy.top5], [accuracy.correct1 / 40, accuracy.correct5 / 40]);
  }
  assert.equal(Object.keys(agreement), ['tflite_top1', 'recreated_top1']);
  assert.equal(Object.keys(sqnr), ['tflite', 'recreated']);
  for (const { output_db, tensors, ...rest } of Object.values(sqnr)) {
    assert.equal(rest, {});
    assert.ok(isDecibel(output_db));
    assert.is(tensors.at(-1)!.sqnr_db, output_db);
    for (const row of tensors) {
      assert.equal(Object.keys(row), [
        'index',
        'layer',
        'class',
        'tensor',
        'replaced',
        'shape',
        'sqnr_db',
        'aggregate_db',
        'delta_db',
        'identical',
      ]);
      assert.ok(Number.isInteger(row.index));
      assert.ok([row.sqnr_db, row.aggregate_db, row.delta_db].every(isDecibel));
      assert.equal(
        [typeof row.layer, typeof row.class, typeof row.tensor, typeof row.replaced, typeof row.identical],
        ['string', 'string', 'string', 'boolean', 'boolean'],
      );
      assert.ok(row.shape.every(Number.isInteger));
    }
  }
});

const COST = [
  'macs',
  'bit_operations',
  'weight_bytes',
  'bias_bytes',
  'requantization_bytes',
  'activation_bytes',
  'bytes_moved',
];

const SQNR = ['accumulated_db', 'local_db', 'local_aggregate_db', 'harmonic_db', 'worst_channel'];

test('the layers of results.json have exactly the keys of their interface, and add up', async () => {
  const { layers, cost, sqnr, probe } = (await shared).results;
  assert.equal(probe, { samples: 20, accumulator_samples: 2 });
  const keys = (value: object | null): string[] => Object.keys(value ?? {});
  for (const row of layers) {
    assert.equal(keys(row), [
      'index',
      'layer',
      'class',
      'tensor',
      'replaced',
      'merged',
      'shape',
      'inputs',
      'settings',
      'quantization',
      'range',
      'histogram',
      'sqnr',
      'clip_rate',
      'dead_channels',
      'accumulator',
      'cost',
    ]);
    assert.equal(keys(row.cost), COST);
    const tensor = sqnr.recreated.tensors.find(({ tensor }) => tensor === row.tensor)!;
    assert.is(row.sqnr.accumulated_db, tensor.sqnr_db);
    assert.is(row.replaced, tensor.replaced);
    assert.equal(keys(row.sqnr), SQNR);
    const { min, max, counts } = row.histogram!;
    assert.ok(min <= row.range!.min && row.range!.max < max);
    assert.is(counts.length, 64);
    assert.is(
      counts.reduce((sum, count) => sum + count, 0),
      20 * row.shape.reduce((product, size) => product * size, 1),
    );
    if (row.replaced)
      assert.equal(keys(row.quantization), ['inputs', 'weights', 'output', 'multipliers', 'shifts', 'clamp']);
    else assert.equal([row.settings, row.quantization], [null, null]);
  }
  assert.equal(keys(cost), [...COST, 'peak_activation_bytes']);
  for (const key of COST as (keyof typeof cost)[])
    assert.is(
      cost[key],
      layers.reduce((sum, row) => sum + Number(row.cost[key as keyof typeof row.cost]), 0),
    );
  assert.is(cost.macs, 3_188_912);
});

test('--machine adds cycles, and --from and --resume keep it', async () => {
  const { out } = await shared;
  const timed = newPath('timed');
  await succeed('eval', '--from', out, '--limit', '1', '--quiet', '--machine', 'cortex-m55', '--out', timed);
  const text = readFileSync(join(timed, 'results.json'), 'utf8');
  const { machine, cost, layers } = JSON.parse(text) as Results;
  assert.is(machine!.name, 'Arm Cortex-M55 with Helium');
  assert.is(
    cost.cycles,
    layers.reduce((sum, row) => sum + row.cost.cycles!, 0),
  );
  assert.match(readFileSync(join(timed, 'layers.csv'), 'utf8'), /,cycles,bound_by\n/);
  assert.is(await succeed('eval', '--from', timed, '--format', 'json', '--quiet'), text);
  assert.match(await refuse(2, 'eval', '--resume', timed, '--machine', 'cortex-m55'), /leave out what says/);
});

test('a calibrator is recorded, kept by --from, and converts to the same model', async () => {
  const mse = networkFile({ calibrator: 'mse', calibrator_bits: 6 });
  const out = newPath('mse');
  await succeed('eval', '--network', mse, '--limit', '1', '--quiet', '--out', out);
  const text = readFileSync(join(out, 'results.json'), 'utf8');
  const { calibration, layers } = JSON.parse(text) as Results;
  assert.equal(Object.keys(calibration), ['samples', 'method', 'calibrator_bits', 'indices']);
  assert.equal([calibration.method, calibration.calibrator_bits], ['mse', 6]);
  const scale = (rows: Results['layers']) => rows[0]!.quantization!.output.scale;
  assert.ok(scale(layers) < scale((await shared).results.layers));
  assert.is(await succeed('eval', '--from', out, '--format', 'json', '--quiet'), text);
  const converted = newPath('mse.tflite');
  await succeed('convert', '--network', mse, '-o', converted);
  assert.ok(readFileSync(converted).equals(readFileSync(join(out, 'model_int8.tflite'))));
  assert.match(
    await refuse(2, 'eval', '--network', networkFile({ calibrator: 'best' })),
    /calibrator: expected one of minmax, percentile, mse, entropy, moving_average, got 'best'/,
  );
});

test('a repeated run gives the same bytes: again, --from its directory, --format json, --quiet', async () => {
  const { out, read } = await shared;
  const again = newPath('again');
  const printed = await succeed(
    ...['eval', '--from', out, '--out', again, '--format', 'json'],
    ...['--quiet'],
  );
  assert.is(printed, read('results.json'));
  for (const file of FILES.filter((name) => name !== 'run.json'))
    assert.is(readFileSync(join(again, file), 'utf8'), read(file), file);
});

test('--quiet prints the summary alone, and no progress', async () => {
  const { code, stdout, stderr } = await qpann(['eval', '--network', network, '--limit', '2', '--quiet']);
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, /^model\.h5\n2 samples, calibrated on 5 \(minmax\)\n\nmodel +top-1 +top-5/);
  assert.match(stdout, /\nAdd --out DIR for report\.html, .*\.\n$/);
});

test('progress goes to standard error, in lines where that is no terminal', async () => {
  const { stdout, stderr } = await shared;
  assert.not.match(stdout, /Calibrating|Evaluating|Probing/);
  const lines = stderr.trimEnd().split('\n');
  assert.ok(
    lines.every((line) =>
      /^(Calibrating|Evaluating|Probing): \d+\/\d+ images, [\d.]+\/s, \d+ s left$/.test(line),
    ),
  );
  assert.ok(lines.some((line) => line.startsWith('Evaluating: 40/40 images')));
  assert.match(lines.at(-1)!, 'Probing: 20/20 images');
  assert.not.match(stdout + stderr, '\u001b');
});

test('an image and a batch print as in the thesis', async () => {
  const { stdout, results } = await shared;
  const { models } = results;
  assert.ok(
    stdout.startsWith(`######### 0000.jpg ##########
> Recreated Model Prediction : ring (99.6094%) <
> TFLite Model Prediction    : ring (99.6094%) <
> Reference Model Prediction : ring (99.8972%) <
> Ground Truth               : ring <
`),
    stdout.slice(0, 300),
  );
  assert.is(stdout.split('########## ').length + stdout.split('######### ').length, 2 + 40);
  for (const line of [
    '| Batch Accuracy Score: 40 samples |   | Total Accuracy Score: 40 samples |',
    '| Recreated model                  |   | Recreated model                  |',
    `| > Top 1: ${(100 * models.recreated.top1).toFixed(4)}`,
    `| > Top 5: ${(100 * models.reference.top5).toFixed(4)}`,
  ])
    assert.match(stdout, line);
});

test('the choice of calibration images does not depend on --limit', async () => {
  const small = JSON.parse(await succeed('eval', '--network', network, '--limit', '1', '--format', 'json'));
  assert.is(small.samples, 1);
  assert.equal(small.calibration, (await shared).results.calibration);
});

test('a limit beyond the images is no mistake, and the last of two counts', async () => {
  const three = networkFile({ image_indices: [5, 3, 4] });
  const stdout = await succeed('eval', '--network', three, '--limit', '1', '--limit', '99', '--quiet');
  assert.match(stdout, '\n3 samples, ');
});

test('without --network the demo runs, with its own recreation', async () => {
  const stdout = await succeed('eval', '--limit', '1');
  assert.match(stdout, '\n1 sample, calibrated on 100 (minmax)\n');
  assert.match(stdout, 'Replaced layers of the Recreated model: 27 ');
});

test('--from checks what it is given', async () => {
  assert.match(await refuse(2, 'eval', '--from', newPath()), /not a run directory/);
  const { out } = await shared;
  const copy = newPath('copy');
  await succeed('eval', '--from', out, '--limit', '1', '--numerics', 'tflite-2.20', '--out', copy, '--quiet');
  assert.equal(JSON.parse(readFileSync(join(copy, 'run.json'), 'utf8')).options, {
    limit: 1,
    numerics: 'tflite-2.20',
    skip_bad_images: false,
  });
  const again = JSON.parse(await succeed('eval', '--from', copy, '--format', 'json'));
  assert.is(again.numerics, 'tflite-2.20');
});
