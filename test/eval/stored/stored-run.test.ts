import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePredictions, readRun, requireSameQuestion } from '../../../src/eval/index.js';
import { newPath } from '../../cli/qpann.js';
import { assert, test } from '../../harness.js';
import { HOSTILE, madeUpRun, writeRun } from '../../report/html/runs.js';

async function message(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('no error');
}

test('a run is read back as it was', async () => {
  const labelNames = Array.from({ length: 10 }, (_, i) => `name, "${i}"`);
  const run = madeUpRun({ labelNames });
  const folder = writeRun(newPath('first'), run);
  const read = await readRun(folder);
  assert.equal(read.results, run.results);
  assert.equal(read.samples, run.samples);
  assert.equal(read.recreation, run.recreation);
  assert.equal([read.labelNames, read.model], [run.labelNames, run.model]);
  assert.match(read.name, /first$/);
});

test('names of files survive, whatever is in them', () => {
  const file = `=1,"2"\n${HOSTILE}`;
  const cells = `"'${file.replaceAll('"', '""')}",3,3,0.50000000,3 1,3,0.50000000,3,1,0.25000000,1`;
  const header =
    'file,label,reference_class1,reference_confidence1,reference_top5,tflite_class1,tflite_confidence1,tflite_top5,recreated_class1,recreated_confidence1,recreated_top5';
  const [sample] = parsePredictions(`${header}\n${cells}\n`, 'p.csv');
  assert.is(sample!.file, file);
  assert.equal(sample!.predictions.reference, { top: [3, 1], confidence: 0.5 });
});

test('what is no run, incomplete, damaged or of another version is said, and what to do', async () => {
  const folder = writeRun(newPath(), madeUpRun());
  assert.match(await message(readRun(`${folder}-none`)), 'there is no such folder');
  const write = (file: string, content: string): void => writeFileSync(join(folder, file), content);
  const again = `repeat the run with qpann eval --from ${folder} --out NEW`;
  write('results.json', JSON.stringify({ schema: 'qpann.results/1' }));
  assert.is(
    await message(readRun(folder)),
    `${folder}: results.json is of version qpann.results/1, and this QPANN reads qpann.results/2: ${again}`,
  );
  write('results.json', '{"schema": "qpann.results/2", ');
  assert.match(await message(readRun(folder)), `results.json: not valid JSON, so it is damaged: ${again}`);
  write('results.json', JSON.stringify({ ...madeUpRun().results, models: 3 }));
  assert.match(await message(readRun(folder)), 'results.json: models: expected an object, got 3');
  write('results.json', JSON.stringify(madeUpRun({ samples: 41 }).results));
  assert.match(await message(readRun(folder)), 'predictions.csv has 40 images and results.json 41');
  write('results.json', JSON.stringify(madeUpRun().results));
  write('predictions.csv', 'file,label\na.jpg,x\n');
  assert.match(await message(readRun(folder)), 'predictions.csv, line 2: no reference_confidence1');
  rmSync(join(folder, 'predictions.csv'));
  assert.is(await message(readRun(folder)), `${folder}: incomplete, it has no predictions.csv: ${again}`);
  rmSync(join(folder, 'run.json'));
  assert.match(await message(readRun(folder)), 'not a run directory (it has no run.json)');
  const partial = writeRun(`${newPath()}.partial`, madeUpRun());
  const unfinished = partial.slice(0, -'.partial'.length);
  assert.match(
    await message(readRun(unfinished)),
    `has not ended: go on with qpann eval --resume ${unfinished}`,
  );
});

test('runs of other networks or images are not laid side by side', () => {
  const check = (a: Parameters<typeof madeUpRun>[0], b: typeof a): void =>
    requireSameQuestion([madeUpRun({ name: 'a', ...a }), madeUpRun({ name: 'b', ...b })]);
  check({}, { noise: 3, lost: 9 });
  assert.throws(() => check({}, { model: 'b' }), /\/runs\/b: is of another network than \/runs\/a/);
  assert.throws(
    () => check({}, { samples: 39 }),
    /\/runs\/b: is of other images than \/runs\/a \(39 beside 40\)/,
  );
  assert.throws(() => check({}, { classes: 9 }), /image 10 is image_00009\.jpg, or has another label/);
});
