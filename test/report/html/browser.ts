import { existsSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { newPath } from '../../cli/qpann.js';
import { skip } from '../../harness.js';

const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

let browser: Promise<Browser> | undefined;
process.on('exit', () => void browser?.then((open) => open.close()));

/** A page in a browser, and what it complained about. */
export interface OpenPage {
  readonly page: Page;
  /** Messages of the console that are warnings or errors, exceptions, and requests for anything but files and data. */
  readonly complaints: readonly string[];
}

/** How a page is looked at. */
export interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Opens HTML from disk in Chromium, uses it and closes it; the test is skipped where there is no Chromium. */
export async function withPage(
  html: string,
  { width = 1400, colorScheme = 'light' }: View,
  use: (open: OpenPage) => Promise<void>,
): Promise<void> {
  const executablePath = PLACES.find((path) => path !== '' && existsSync(path));
  if (executablePath === undefined)
    skip('no Chromium here; install the package chromium or set CHROMIUM to its path');
  browser ??= chromium.launch({ executablePath, chromiumSandbox: false });
  const path = newPath('report.html');
  writeFileSync(path, html);
  const page = await (await browser).newPage({ viewport: { width, height: 900 }, colorScheme });
  page.setDefaultTimeout(20_000);
  // Functions that are sent to the page call what tsx adds to them.
  await page.addInitScript('globalThis.__name = (each) => each');
  try {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!/^data:/.test(request.url()) && request.url() !== pathToFileURL(path).href)
        complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href);
    await use({ page, complaints });
  } finally {
    await page.close();
  }
}

/** Closes the browser; the tests' process would wait for it. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** Text of the page with too little contrast: what, its ratio, and its colours. */
export const lowContrast = (page: Page, least: number): Promise<string[]> =>
  page.evaluate((least) => {
    type Color = readonly [number, number, number, number];
    const parse = (text: string): Color => {
      const numbers = (text.match(/-?[\d.]+(?:e-?\d+)?%?/g) ?? []).map(Number.parseFloat);
      const scale = text.startsWith('color(srgb') ? 255 : 1;
      const [r = 0, g = 0, b = 0, alpha = 1] = numbers;
      return text === 'none' || text === '' ? [0, 0, 0, 0] : [r * scale, g * scale, b * scale, alpha];
    };
    const over = (top: Color, under: Color): Color => {
      const mix = (i: 0 | 1 | 2): number => top[i] * top[3] + under[i] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const luminance = ([r, g, b]: Color): number => {
      const linear = (value: number): number =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
      return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    };
    const behind = (element: Element | null): Color => {
      if (element === null) return [255, 255, 255, 1];
      const box = element.matches('.graph .node') ? element.querySelector('path, polygon') : null;
      const color = parse(
        box === null ? getComputedStyle(element).backgroundColor : getComputedStyle(box).fill,
      );
      return color[3] === 1 ? color : over(color, behind(element.parentElement));
    };
    const found = new Set<string>();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement!;
      const text = texts.currentNode.textContent!.trim();
      if (text === '' || element.closest('script, style, noscript, option, .skip') !== null) continue;
      if (!element.checkVisibility()) continue;
      const style = getComputedStyle(element);
      const under = behind(element);
      const color = over(parse(element instanceof SVGElement ? style.fill : style.color), under);
      const [a, b] = [luminance(color), luminance(under)].sort((x, y) => y - x) as [number, number];
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < least)
        found.add(
          `${element.tagName}.${element.getAttribute('class') ?? ''} ${text.slice(0, 20)}: ${ratio.toFixed(2)}`,
        );
    }
    return [...found];
  }, least);
