import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, test } from '../harness.js';
import { networkFile, newFile, newPath, qpann, refuse, succeed, TINY } from './qpann.js';

const NETWORK = networkFile();
const ARGS = ['sweep', '--network', NETWORK, '--vary', 'alone-quantized', '--vary', 'alone-float'];

test('a sweep gives the same bytes for any number of workers, also after a kill', async () => {
  const [one, two, killed] = [newPath('one'), newPath('two'), newPath('killed')];
  const args = [...ARGS, '--limit', '60'];
  await succeed(...args, '--workers', '1', '--out', one, '--quiet');
  const { code, stdout, stderr } = await qpann([...args, '--workers', '2', '--out', two]);
  assert.is(code, 0, stderr);
  assert.match(stderr, /55 configurations on 60 images: 3300 evaluations, about \d+/);
  assert.match(stdout, 'Sensitivity');
  assert.match(stdout, 'Pareto front');
  assert.match(stdout, "Spearman's rank correlation of output SQNR and top-1");
  await qpann([...args, '--workers', '1', '--out', killed, '--checkpoint', '0', '--quiet'], (child) => {
    const timer = setInterval(() => {
      if (existsSync(join(`${killed}.partial`, 'checkpoint.bin'))) child.kill('SIGKILL');
    }, 5);
    child.once('close', () => clearInterval(timer));
  });
  assert.not.ok(existsSync(killed));
  assert.match(await refuse(2, ...args, '--out', killed), 'go on with --resume');
  assert.match(await refuse(2, 'sweep', '--resume', killed, '--limit', '3'), 'as it was asked for');
  await succeed('sweep', '--resume', killed, '--quiet');
  for (const file of ['sweep.json', 'sweep.csv', 'report.html'])
    for (const other of [two, killed])
      assert.is(readFileSync(join(other, file), 'utf8'), readFileSync(join(one, file), 'utf8'), file);
  const results = JSON.parse(readFileSync(join(one, 'sweep.json'), 'utf8'));
  assert.is(results.schema, 'qpann.sweep/1');
  assert.is(results.configurations.length, 55);
  assert.is(results.sensitivity.length, 27);
  assert.ok(results.pareto.includes('base'));
  assert.match(readFileSync(join(one, 'report.html'), 'utf8'), 'block_1_depthwise');
});

test('a configuration of a sweep is a recreation config, and evaluates to the same', async () => {
  const swept = await succeed(
    ...['sweep', '--network', NETWORK, '--limit', '20', '--per-activation', '--format', 'json'],
    ...['--vary', 'weight_bits=4', '--vary', 'per_channel_quantization=false,true', '--quiet'],
  );
  const { configurations } = JSON.parse(swept);
  assert.equal(
    configurations.map(({ varied }: { varied: object }) => varied),
    [
      {},
      { weight_bits: 4, per_channel_quantization: false },
      { weight_bits: 4, per_channel_quantization: true },
    ],
  );
  const recreation = newFile('recreation.json', JSON.stringify(configurations[1].recreation));
  const evaluated = await succeed(
    ...['eval', '--network', NETWORK, '--limit', '20', '--recreation', recreation, '--format', 'json'],
    '--quiet',
  );
  const { models, sqnr } = JSON.parse(evaluated);
  assert.is(configurations[1].top1, models.recreated.top1);
  assert.is(configurations[1].output_sqnr_db, sqnr.recreated.output_db);
});

test('a calibrator of a sweep is that of a network config', async () => {
  const args = ['--limit', '20', '--format', 'json', '--quiet'];
  const swept = await succeed('sweep', '--network', NETWORK, '--vary', 'calibrator=mse,minmax', ...args);
  const { configurations } = JSON.parse(swept);
  assert.equal(
    configurations.map(({ calibrator }: { calibrator: string }) => calibrator),
    ['minmax', 'mse', 'minmax'],
  );
  const network = networkFile({ calibrator: 'mse' });
  const alone = await succeed('sweep', '--network', network, '--vary', 'rounding_div=true', ...args);
  assert.equal(
    { ...JSON.parse(alone).configurations[0], ...{ id: '', label: '', varied: {} } },
    { ...configurations[1], ...{ id: '', label: '', varied: {} } },
  );
  assert.is.not(configurations[1].output_sqnr_db, configurations[2].output_sqnr_db);
});

test('sweeps that are empty or contradict themselves are refused before any work', async () => {
  const network = networkFile({ ...TINY, validation_labels: newFile('labels.txt', '0\n'.repeat(200)) });
  const sweep = (...args: string[]): Promise<string> => refuse(2, 'sweep', '--network', network, ...args);
  assert.match(await sweep(), '--vary is missing');
  assert.match(await sweep('--vary', 'alone'), 'expected alone-quantized, alone-float, or key=value');
  assert.match(await sweep('--vary', 'weight_bits='), 'an empty value');
  assert.match(await sweep('--vary', 'weight_bits=4,4'), 'a value is given twice');
  assert.match(await sweep('--vary', 'weight_bits=99'), 'an integer from 2 to 16');
  assert.match(await sweep('--vary', 'wieght_bits=4'), 'unknown key');
  assert.match(await sweep('--vary', 'layers=a'), 'chooses layers');
  assert.match(await sweep('--vary', 'calibrator=guess'), 'expected minmax');
  assert.match(await sweep('--vary', 'weight_bits=4', '--vary', 'weight_bits=5'), 'varied twice');
  assert.match(await sweep('--vary', 'alone-float', '--vary', 'quantized=true,false'), 'contradicts');
  assert.match(await sweep('--vary', 'alone-float', '--cost', 'cycles'), 'needs a --machine');
  assert.match(
    await sweep('--vary', 'alone-float', '--budget', '20dB', '--metric', 'top1'),
    'expected points',
  );
  const float = newFile('float.json', JSON.stringify([{ all: true, quantized: false }]));
  assert.match(await sweep('--vary', 'alone-float', '--recreation', float), 'nothing to vary');
  const softmax = newFile('softmax.json', JSON.stringify([{ name: 'softmax', all: true }]));
  assert.match(
    await sweep('--vary', 'weight_bits=4', '--recreation', softmax),
    /no replaced layer takes weight_bits|has no softmax/,
  );
  const many = ['2,3,4,5,6,7,8,9,10,11,12,13,14,15,16'].flatMap((bits) => [
    ...['--vary', `weight_bits=${bits}`, '--vary', `activation_bits=${bits}`],
    ...['--vary', 'per_channel_quantization=true,false', '--vary', 'symmetric_weights=true,false'],
    ...['--vary', 'rounding_div=true,false', '--vary', 'relu_range=calibrated,fixed'],
  ]);
  assert.match(await sweep(...many), 'more than 2000');
});
