import { isRight } from '../../../src/eval/index.js';
import { cardsOf } from '../../../src/report/html/card-data.js';
import { worstClasses } from '../../../src/report/html/confusion-section.js';
import { contestantsOf } from '../../../src/report/html/contestants.js';
import { flippedImages, imageData } from '../../../src/report/html/image-data.js';
import { layerSection } from '../../../src/report/html/layer-table.js';
import { noiseSection } from '../../../src/report/html/noise-section.js';
import { verdictOf } from '../../../src/report/html/verdict.js';
import { runReport } from '../../../src/report/index.js';
import { assert, test } from '../../harness.js';
import { madeUpRun, type RunOptions } from './runs.js';

function verdict(options: RunOptions): string {
  const run = madeUpRun(options);
  const contestants = contestantsOf([run]);
  const { headline, sentences } = verdictOf(
    contestants[0]!,
    contestants[2]!,
    run.results.samples,
    run.results.sqnr.recreated.tensors,
  );
  return [headline, ...sentences].join('\n');
}

test('the verdict says what is lost, whether it may be chance, and where the noise is', () => {
  assert.is(
    verdict({ samples: 40, lost: 4, layers: 6 }),
    `Recreated loses 7.50 points of top-1: 97.50 → 90.00 %
It gets 4 images wrong that the Reference has right, and 1 right that the Reference has wrong. With 40 images such a difference may be chance (McNemar’s exact test: p = 0.375).
Its first class is that of the Reference on 87.50 % of the images.
SQNR drops most at layer_1 (index 2), by 1.5 dB; it is lowest after layer_5 (index 6), 10.00 dB, and the output has 10.00 dB.`,
  );
  assert.match(verdict({ lost: 8 }), 'unlikely to be chance (McNemar’s exact test: p = 0.039)');
  assert.match(verdict({ lost: 20 }), 'hardly chance (McNemar’s exact test: p < 0.0001)');
  assert.match(verdict({ lost: 0 }), /^Recreated gains 2\.50 points[\s\S]*and 1 right/);
});

test('models that all runs share stand once', () => {
  const titles = (...runs: Parameters<typeof contestantsOf>[0]): string[] =>
    contestantsOf(runs).map(({ title }) => title);
  assert.equal(titles(madeUpRun()), ['Reference', 'TFLite', 'Recreated']);
  const other = madeUpRun({ name: 'b' });
  const changed = {
    ...other,
    samples: other.samples.map((sample) => ({
      ...sample,
      predictions: { ...sample.predictions, tflite: sample.predictions.recreated },
    })),
  };
  assert.equal(titles(madeUpRun({ name: 'a' }), changed), [
    'Reference',
    'TFLite (a)',
    'TFLite (b)',
    'Recreated (a)',
    'Recreated (b)',
  ]);
});

test('images that were lost come first, the surest first; bounds say what they leave out', () => {
  const run = madeUpRun({ samples: 6000, lost: 5500 });
  const contestants = contestantsOf([run]);
  const images = flippedImages(run, contestants);
  assert.is(images.length, 5501, 'one is right in the Recreated model only');
  assert.is(images[0]!.file, 'image_00000.jpg');
  assert.is(images.at(-1)!.file, 'image_05999.jpg');
  const data = imageData(
    images,
    contestants,
    run.labelNames,
    new Map([['image_00000.jpg', new Uint8Array([1])]]),
  );
  assert.equal([data.rows.length, data.leftOut, data.pictures], [5000, 501, 1]);
  assert.equal(data.rows[0], ['image_00000.jpg', 0, [0, 1, 1], ['90.0', '40.0', '40.0'], 'AQ==']);
});

test('the worst classes are those with the smallest share of hits', () => {
  const run = madeUpRun({ samples: 100, lost: 13 });
  const [reference, , recreated] = contestantsOf([run]);
  const labels = run.samples.map(({ label }) => label);
  const rows = worstClasses(recreated!, reference!, { labels, names: run.labelNames });
  assert.equal(
    rows.slice(0, 4).map(({ label, right, images }) => [label, right, images]),
    [
      [0, 8, 10],
      [1, 8, 10],
      [2, 8, 10],
      [3, 9, 10],
    ],
  );
  assert.equal(worstClasses(reference!, reference!, { labels, names: [] }).length, 1, 'only with mistakes');
  const wrong = run.samples.filter(
    ({ label, predictions }) => label === 0 && !isRight(predictions.recreated, 0),
  );
  assert.equal(
    [...rows[0]!.predicted],
    [
      [1, wrong.length],
      [0, 8],
    ],
  );
});

test('a card shows long lists by their range, and what was not measured as a dash', () => {
  const run = madeUpRun();
  const facts = (layer: number): Map<string, string> =>
    new Map(cardsOf(run)[layer]!.groups.flatMap((group) => group.facts));
  assert.is(
    facts(0).get('Weight scale'),
    '0.001 to 0.016 (16: 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, …)',
  );
  assert.is(facts(0).get('Weight zero point'), '0');
  assert.is(facts(1).get('Dead channels'), '2, 7');
  assert.is(facts(2).get('Local'), '–');
  assert.not.ok(facts(2).has('Weights scale'));
  const bare = { ...run.results.layers[0]!, range: null, histogram: null, accumulator: null };
  const early = { ...run, results: { ...run.results, layers: [bare] } };
  assert.equal(cardsOf(early)[0]!.groups[1]!.facts[1], ['Range', '–']);
  assert.equal(cardsOf(early)[0]!.histogram.counts, []);
});

test('the order of layers is told, and how branches are read', async () => {
  assert.match((await noiseSection([madeUpRun({ layers: 4 })])).markup, 'Each reads the one before it.');
  assert.match(
    (await noiseSection([madeUpRun({ layers: 12 })])).markup,
    '(2 tensors read more than once, 2 layers with several inputs)',
  );
});

test('columns without values are left out', () => {
  const run = madeUpRun();
  const layers = run.results.layers.map((layer) => ({ ...layer, clip_rate: null }));
  const early = { ...run, results: { ...run.results, layers } };
  assert.match(layerSection([run]).markup, 'Clipped %');
  assert.not.match(layerSection([early]).markup, 'Clipped %');
});

test('the page is one file that refers to nothing, and the same each time', async () => {
  const page = (): Promise<string> => runReport([madeUpRun()], async () => new Map());
  const html = await page();
  assert.is(await page(), html);
  assert.not.match(html, /(?:src|href)="(?!#|data:)|url\(|@import|<link/);
  const urls = html.match(/[a-z]+:\/\/[^\s"'<]+/g) ?? [];
  assert.equal([...new Set(urls)], ['http://www.w3.org/2000/svg']);
  assert.match(html, /default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-/);
});

test('layers with many channels do not make the page large', async () => {
  const run = madeUpRun({ layers: 150 });
  const channels = Array.from({ length: 1280 }, (_, i) => Math.fround(0.001 + i / 1e6));
  const layers = run.results.layers.map((layer) => ({
    ...layer,
    quantization: layer.quantization && {
      ...layer.quantization,
      weights: { bits: 8, axis: 0, scales: channels, zero_points: channels.map(() => 0) },
      multipliers: channels.map((_, i) => 2 ** 30 + i),
      shifts: channels.map((_, i) => -(i % 9)),
    },
  }));
  const html = await runReport([{ ...run, results: { ...run.results, layers } }], async () => new Map());
  assert.ok(html.length < 1e6, `${html.length} bytes`);
});
