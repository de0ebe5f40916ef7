import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, trimCache } from '../../src/data/image-cache.js';
import { assert, test } from '../harness.js';

const folder = mkdtempSync(join(tmpdir(), 'qpann-cache-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const source = join(folder, 'photo.bin');
writeFileSync(source, 'pixels');

let made = 0;
/** A 2×1 image that counts how often it is made. */
const load = async (cache: string, kind: object = {}): Promise<Uint8Array> => {
  const image = await cached(cache, source, kind, 2, 1, async () => {
    made += 1;
    return { width: 2, height: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  });
  return image.pixels;
};

const entriesOf = (cache: string): string[] =>
  readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .map((name) => join(cache, name))
    .filter((path) => statSync(path).isFile());

test('an image is made once, and again when its file or its kind changes', async () => {
  const cache = join(folder, 'once');
  made = 0;
  for (let i = 0; i < 3; i++) assert.equal([...(await load(cache))], [1, 2, 3, 4, 5, 6]);
  assert.is(made, 1);
  await load(cache, { resize: 'bicubic' });
  assert.is(made, 2);
  utimesSync(source, new Date(1e9), new Date(1e9));
  await load(cache);
  assert.is(made, 3);
});

test('a damaged or truncated entry is made again', async () => {
  const cache = join(folder, 'damaged');
  await load(cache);
  const [entry] = entriesOf(cache);
  const whole = readFileSync(entry!);
  for (const damaged of [whole.subarray(0, whole.length - 1), whole.subarray(0, 0), Buffer.from(whole)]) {
    if (damaged.length === whole.length) damaged[damaged.length - 1]! ^= 1;
    writeFileSync(entry!, damaged);
    made = 0;
    assert.equal([...(await load(cache))], [1, 2, 3, 4, 5, 6]);
    assert.is(made, 1);
    assert.equal(readFileSync(entry!), whole);
  }
});

test('many at once leave whole entries and nothing else; a folder that cannot be written is done without', async () => {
  const cache = join(folder, 'many');
  await Promise.all(Array.from({ length: 20 }, () => load(cache)));
  assert.is(entriesOf(cache).length, 1);
  assert.equal([...(await load(join(source, 'no-folder')))], [1, 2, 3, 4, 5, 6]);
});

test('trimming removes what has not been used for longest', async () => {
  const cache = join(folder, 'trimmed');
  for (const n of [1, 2, 3]) await load(cache, { n });
  const entries = entriesOf(cache);
  entries.forEach((path, i) => {
    utimesSync(path, new Date(1e12 + i * 1000), new Date(1e12 + i * 1000));
  });
  await trimCache(cache, statSync(entries[0]!).size * 2);
  assert.equal(entriesOf(cache).sort(), entries.slice(1).sort());
  await trimCache(join(folder, 'nowhere'));
});
