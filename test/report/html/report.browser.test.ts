import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runReport } from '../../../src/report/index.js';
import { IMAGES } from '../../cli/qpann.js';
import { assert, test } from '../../harness.js';
import { closeBrowser, lowContrast, withPage } from './browser.js';
import { HOSTILE, madeUpRun } from './runs.js';

const picture = readFileSync(join(IMAGES, '0000.jpg'));
const pictures = async (files: readonly string[]) =>
  new Map(files.slice(0, 2).map((file) => [file, picture]));
const report = (...runs: ReturnType<typeof madeUpRun>[]): Promise<string> => runReport(runs, pictures);

const one = report(madeUpRun());

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1400, 420])
    test(`the page opens without complaint, in ${colorScheme} and ${width} wide, and its text can be read`, async () => {
      await withPage(await one, { width, colorScheme }, async ({ page, complaints }) => {
        const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
        assert.ok(await fits(), 'nothing sticks out');
        assert.is(await page.locator('.images img').count(), 2);
        await page.locator('.images img').first().scrollIntoViewIfNeeded();
        await page.waitForFunction(
          () => (document.querySelector('.images img') as HTMLImageElement).naturalWidth > 0,
        );
        await page.evaluate(() => {
          for (const each of document.querySelectorAll('details')) each.open = true;
        });
        await page.locator('.graph .node').nth(1).click();
        assert.ok(await page.locator('#card').isVisible());
        assert.ok(await fits(), 'nothing sticks out with a card');
        assert.equal(await lowContrast(page, 4.5), []);
        assert.equal(complaints, []);
      });
    });

test('a click opens the card of a layer, Escape closes it', async () => {
  await withPage(await one, {}, async ({ page, complaints }) => {
    await page.locator('.graph .node[data-layer="4"]').click();
    const card = page.locator('#card');
    assert.match(await card.innerText(), '5 layer_4');
    for (const text of [
      'Accumulated',
      'Local',
      'Worst channel',
      'weight_bits',
      '1.230 %',
      '8 bits, scale 0.0235, zero point -128',
      '1073741824 to 1073741839',
      'Bit-operations',
      '0 to 6.5',
    ])
      assert.match(await card.innerText(), text);
    assert.match((await card.locator('svg').getAttribute('aria-label'))!, /integers reach from 0 to 5\.99/);
    assert.is(await card.locator('svg rect').count(), 1 + 64);
    await page.keyboard.press('Escape');
    assert.not.ok(await card.isVisible());
    await page.locator('#layer-table button[data-layer="2"]').click();
    assert.match(await card.innerText(), '3 layer_2');
    await page.getByRole('button', { name: 'Layer after' }).click();
    assert.match(await card.innerText(), '4 layer_3');
    assert.equal(complaints, []);
  });
});

test('the keyboard alone leads through the graph to a card and back', async () => {
  await withPage(await one, {}, async ({ page }) => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-layer') ?? '');
    for (let presses = 0; (await focused()) !== '0'; presses++) {
      assert.ok(presses < 40, 'Tab reaches the graph');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.is(await focused(), '2');
    await page.keyboard.press('Enter');
    assert.match(await page.locator('#card').innerText(), '3 layer_2');
    assert.is(await page.evaluate(() => document.activeElement?.id), 'card-title');
    await page.keyboard.press('Escape');
    assert.is(await focused(), '2', 'the focus is back');
    const width = () => page.locator('.graph svg').evaluate((svg) => svg.getBoundingClientRect().width);
    const before = await width();
    await page.keyboard.press('+');
    assert.ok((await width()) > before, 'zoom');
  });
});

test('the table of layers sorts by number and by text, and filters', async () => {
  await withPage(await one, {}, async ({ page }) => {
    const column = (n: number) =>
      page
        .locator(`#layer-table tbody tr:visible td:nth-child(${n})`)
        .allInnerTexts()
        .then((texts) => texts.map((text) => text.trim()));
    const header = page.locator('#layer-table th button', { hasText: /^SQNR/ });
    await header.click();
    const rising = (await column(4)).filter((text) => text !== '∞').map(Number);
    assert.equal(
      rising,
      [...rising].sort((a, b) => a - b),
    );
    assert.is(await page.locator('#layer-table th:nth-child(4)').getAttribute('aria-sort'), 'ascending');
    await header.click();
    assert.is((await column(4))[0], '∞');
    await page.locator('#layer-table th button', { hasText: 'Class' }).click();
    assert.is((await column(3))[0], 'Add');
    await page.locator('[data-filter="text"]').fill('add');
    await page.waitForFunction(
      () => document.querySelector('#layers .count')?.textContent === '2 of 13 layers',
    );
    await page.locator('[data-filter="replaced"]').check();
    assert.is(await page.locator('#layers .count').innerText(), '0 of 13 layers');
  });
});

test('images are filtered by what became of them and by name', async () => {
  await withPage(await one, {}, async ({ page }) => {
    const count = page.locator('#images .count');
    assert.is(await count.innerText(), '5 of 5 shown');
    await page.locator('[data-filter="kind"]').selectOption({ label: 'lost by TFLite' });
    assert.is(await count.innerText(), '1 of 1 shown');
    await page.locator('[data-filter="kind"]').selectOption('');
    await page.locator('[data-filter="images"]').fill('image_00002');
    await page.waitForFunction(
      () => document.querySelector('#images .count')?.textContent === '1 of 1 shown',
    );
    assert.match(
      await page.locator('.images li').innerText(),
      /class_2[\s\S]*Reference\s+✓ class_2[\s\S]*Recreated\s+✗ class_3/,
    );
  });
});

test('hostile names are shown and never executed', async () => {
  const labelNames = Array.from({ length: 10 }, (_, i) => `${HOSTILE} ${i}`);
  const run = madeUpRun({ name: HOSTILE, layerName: (i) => `${HOSTILE}${i}`, labelNames });
  const html = await report(
    run,
    madeUpRun({ name: `${HOSTILE}2`, layerName: (i) => `${HOSTILE}${i}`, labelNames, lost: 9 }),
  );
  assert.not.match(html, /<script>alert|<img src=x|\u202e/u);
  await withPage(html, {}, async ({ page, complaints }) => {
    await page.locator('.graph:visible .node[data-layer="3"]').click();
    const shown = HOSTILE.replace('\u202e', '');
    for (const place of [
      '#card',
      '#layer-table',
      '#images',
      '#classes',
      '#settings',
      '#noise',
      '#graph h3:visible',
    ])
      assert.ok(
        (await page.locator(place).first().innerText()).includes('<script>alert("x")</script>'),
        place,
      );
    assert.ok((await page.locator('#card h2').innerText()).includes(shown));
    assert.is(await page.locator('script').count(), (html.match(/<script[ >]/g) ?? []).length);
    assert.is(await page.locator('img[src="x"]').count(), 0);
    assert.equal(complaints, []);
  });
});

test('1,000 layers and 5,000 flipped images stay usable', async () => {
  const html = await report(madeUpRun({ layers: 1000, samples: 10_000, lost: 5200 }));
  assert.ok(html.length < 8e6, `${html.length} bytes`);
  assert.match(html, /On 5,201 of 10,000 images/);
  assert.match(html, /201 more are in predictions.csv only/);
  await withPage(html, {}, async ({ page, complaints }) => {
    const seconds = async (action: () => Promise<unknown>): Promise<number> => {
      const start = performance.now();
      await action();
      await page.evaluate(() => new Promise(requestAnimationFrame));
      return (performance.now() - start) / 1000;
    };
    const times = {
      sort: await seconds(() => page.locator('#layer-table th button', { hasText: 'MACs' }).click()),
      filter: await seconds(() => page.locator('[data-filter="images"]').fill('class_3')),
      more: await seconds(() => page.locator('.more').click()),
      card: await seconds(() => page.locator('.graph .node[data-layer="3"]').click()),
    };
    for (const [what, time] of Object.entries(times)) assert.ok(time < 3, `${what} took ${time} s`);
    assert.equal(complaints, []);
  });
});

test('several runs: one graph at a time, curves laid over each other, columns side by side', async () => {
  const html = await report(madeUpRun({ name: 'before' }), madeUpRun({ name: 'after', noise: 6, lost: 7 }));
  await withPage(html, {}, async ({ page, complaints }) => {
    assert.is(await page.locator('.graph:visible').count(), 1);
    await page.locator('[data-choose="run"]').selectOption({ label: 'after' });
    await page.locator('.graph:visible .node[data-layer="0"]').click();
    assert.match(await page.locator('#card').innerText(), '39.00 dB');
    assert.equal(await page.locator('#summary tbody th').allInnerTexts(), [
      'Reference',
      'TFLite',
      'Recreated (before)',
      'Recreated (after)',
    ]);
    assert.match(await page.locator('#layer-table thead').innerText(), /before: SQNR[\s\S]*after: SQNR/);
    assert.equal(complaints, []);
  });
});

test('it prints: all layers, no controls', async () => {
  await withPage(await one, {}, async ({ page }) => {
    await page.emulateMedia({ media: 'print' });
    assert.not.ok(await page.locator('nav').isVisible());
    assert.not.ok(await page.locator('.zoom').isVisible());
    assert.ok(await page.locator('#layer-table tbody tr').last().isVisible());
    const pdf = await page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 10_000);
  });
});

test('the browser closes', closeBrowser);
