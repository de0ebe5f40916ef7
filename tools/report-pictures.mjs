// Makes the pictures of the report that README.md shows: docs/report-*.png. Run by hand after `npm run build`, with
// Chromium at $CHROMIUM or /usr/bin/chromium; pictures differ a little with its version and the fonts of the machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const pathOf = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'qpann-pictures-'));
const run = join(folder, 'demo');
execFileSync(process.execPath, [pathOf('dist/cli/main.js'), 'eval', '--quiet', '--out', run], { stdio: 'inherit' });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromiumSandbox: false,
});

async function picture(file, colorScheme, section, prepare = async () => {}) {
  const page = await browser.newPage({ viewport: { width: 1180, height: 720 }, colorScheme });
  await page.goto(pathToFileURL(join(run, 'report.html')).href);
  await page.evaluate((id) => document.getElementById(id).scrollIntoView(), section);
  await prepare(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: pathOf(`docs/${file}`) });
  await page.close();
}

try {
  await picture('report-graph.png', 'light', 'graph', (page) => page.locator('.graph .node[data-layer="4"]').click());
  await picture('report-noise.png', 'dark', 'noise');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
