import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const KERNELS = join(HERE, '../dist/kernels/plain.wasm');
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
const BROWSERS = process.env.CHROMIUM
  ? [process.env.CHROMIUM]
  : ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/**
 * Chromium without a window, and a server for its pages; undefined where it is not installed.
 * @returns {Promise<{ version: string, open: (engine: string, network: string, precision: string) =>
 *   Promise<import('./processes.mjs').Participant>, close: () => Promise<void> } | undefined>}
 */
export async function openBrowser() {
  const executablePath = BROWSERS.find(existsSync);
  if (executablePath === undefined) return undefined;
  const { default: puppeteer } = await import('puppeteer-core');
  const server = await serve(await bundle());
  const browser = await puppeteer.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
  const version = (await browser.version()).replace(/^.*\//, 'Chromium ');
  return {
    version,
    async open(engine, network, precision) {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${server.address().port}/`);
      const output = await page.evaluate(
        (...names) => globalThis.benchmark.open(...names),
        engine,
        network,
        precision,
      );
      return {
        output,
        runtime: version,
        turn: (runs) => page.evaluate((count) => globalThis.benchmark.turn(count), runs),
        close: () => page.close(),
      };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

async function bundle() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(HERE, 'page-host.mjs')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].contents;
}

/** The files of this folder. Isolated pages have a clock of 5 µs instead of 100 µs. */
function serve(script) {
  const pages = { '/': '<!doctype html><script type="module" src="/page.js"></script>', '/page.js': script };
  const server = createServer(async ({ url }, response) => {
    const path = normalize(url);
    const headers = {
      'content-type': TYPES[extname(path)] ?? (path === '/' ? 'text/html' : 'application/octet-stream'),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    };
    try {
      const body = pages[path] ?? (await readFile(path === '/kernels.wasm' ? KERNELS : join(HERE, path)));
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  return new Promise((resolve) => server.listen(0, 'localhost', () => resolve(server)));
}
