import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRunDirectory } from '../../src/cli/run-directory.js';
import { assert, test } from '../harness.js';
import { networkFile, newFile, newPath, qpann, ROOT, refuse, succeed, TINY } from './qpann.js';

const ARGS = [
  'eval',
  '--network',
  networkFile({ ...TINY, validation_labels: newFile('labels.txt', '0\n'.repeat(200)) }),
  '--limit',
  '2',
  '--quiet',
];

/** A folder with one file in it. */
function folderWith(path: string, file: string): string {
  mkdirSync(path);
  writeFileSync(join(path, file), 'mine');
  return path;
}

test('an existing directory is refused without --force and replaced with it', async () => {
  const out = folderWith(newPath(), 'run.json');
  assert.match(await refuse(2, ...ARGS, '--out', out), `${out} exists already`);
  assert.equal(readdirSync(out), ['run.json']);
  await succeed(...ARGS, '--out', out, '--force');
  assert.ok(existsSync(join(out, 'results.json')));
  const beside = readdirSync(join(out, '..')).filter((name) => join(out, '..', name).startsWith(`${out}.`));
  assert.equal(beside, [], 'no .partial or .old');
});

test('a foreign directory or file is never replaced', async () => {
  const out = folderWith(newPath(), 'thesis.tex');
  assert.match(await refuse(2, ...ARGS, '--out', out, '--force'), 'holds no run.json, so it is not replaced');
  assert.equal(readdirSync(out), ['thesis.tex']);
  const file = newFile('file', 'mine');
  assert.match(await refuse(2, ...ARGS, '--out', file, '--force'), 'is not a folder');
  assert.is(readFileSync(file, 'utf8'), 'mine');
  const beside = newPath();
  folderWith(`${beside}.partial`, 'thesis.tex');
  assert.match(await refuse(2, ...ARGS, '--out', beside), '.partial holds no run.json');
  assert.equal(readdirSync(`${beside}.partial`), ['thesis.tex']);
});

test('what a killed run left is replaced', async () => {
  const out = newPath();
  folderWith(`${out}.partial`, 'run.json');
  await succeed(...ARGS, '--out', out);
  assert.is(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).schema, 'qpann.run/1');
  assert.not.ok(existsSync(`${out}.partial`));
});

test('folders above --out are made; one that cannot be made is an error', async () => {
  const out = join(newPath(), 'a', 'b');
  await succeed(...ARGS, '--out', out);
  assert.ok(existsSync(join(out, 'run.json')));
  const file = newFile('file', '');
  assert.match(
    await refuse(1, ...ARGS, '--out', join(file, 'x')),
    `cannot write ${join(file, 'x')}: ENOTDIR`,
  );
  if (process.platform === 'linux')
    assert.match(await refuse(1, ...ARGS, '--out', '/proc/qpann'), 'cannot write /proc/qpann: ');
});

test('a directory appears whole or not at all', async () => {
  const out = newPath();
  const directory = await startRunDirectory(out, 'run.json', false);
  await directory.write('a/b.txt', 'b');
  assert.not.ok(existsSync(out));
  await directory.discard();
  assert.not.ok(existsSync(`${out}.partial`));
  const next = await startRunDirectory(out, 'run.json', false);
  await next.write('run.json', 'whole');
  await next.complete();
  assert.equal([readFileSync(join(out, 'run.json'), 'utf8'), existsSync(`${out}.partial`)], ['whole', false]);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} ends a run at once and leaves nothing`, async () => {
    const out = newPath();
    let sent = 0;
    const { code } = await qpann(['eval', '--network', networkFile(), '--out', out], (child) =>
      child.stderr!.on('data', () => {
        if (sent === 0) child.kill(signal);
        sent ||= performance.now();
      }),
    );
    assert.is(code, signal === 'SIGINT' ? 130 : 143);
    assert.ok(performance.now() - sent < 3000, 'quickly');
    assert.not.ok(existsSync(out) || existsSync(`${out}.partial`));
  });

test('a closed pipe ends the run quietly', async () => {
  const { code, stderr } = await qpann(['eval', '--network', networkFile(), '--limit', '40'], (child) =>
    child.stdout!.once('data', () => child.stdout!.destroy()),
  );
  assert.is(code, 0);
  assert.not.match(stderr, /EPIPE|Error|qpann:/);
});

test('a closed pipe does not keep a run from being written', async () => {
  const out = newPath();
  const { code, stderr } = await qpann([...ARGS.filter((arg) => arg !== '--quiet'), '--out', out], (child) =>
    child.stdout!.destroy(),
  );
  assert.is(code, 0, stderr);
  assert.ok(existsSync(join(out, 'results.json')));
});

test('a full disk behind standard output is one line', () => {
  if (!existsSync('/dev/full')) return console.log('skipped: no /dev/full here');
  const main = join(ROOT, 'dist/cli/main.js');
  const stdio = ['ignore' as const, openSync('/dev/full', 'w'), 'pipe' as const];
  const { status, stderr } = spawnSync(process.execPath, [main, ...ARGS], { stdio, encoding: 'utf8' });
  assert.is(status, 1);
  assert.match(stderr, /^qpann: cannot print: ENOSPC[^\n]*\n$/);
});

test('a full disk behind --out is one line, and leaves nothing', async () => {
  const disk = newPath('disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return console.log('skipped: a small file system cannot be mounted here');
  }
  try {
    const { code, stderr, stdout } = await qpann([...ARGS, '--out', join(disk, 'run')]);
    assert.is(code, 1);
    assert.match(stderr, /^qpann: cannot write [^\n]*run\/\S+: no space left on the disk\n$/);
    assert.match(stdout, '2 samples, ', 'the summary is printed all the same');
    assert.equal(readdirSync(disk), []);
  } finally {
    execFileSync('umount', [disk]);
  }
});
