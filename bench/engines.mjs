import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HERE, modelFolder, nodeRuntimes, PYTHON, versionOf } from './environment.mjs';
import { ENGINES } from './networks.mjs';
import { openBrowser } from './pages.mjs';
import { openProcess } from './processes.mjs';

/**
 * Opens every chosen engine with a network, in each precision and on each runtime that it has. What cannot run is said once and left out.
 * @param {string} network
 * @param {readonly string[]} chosen names of ENGINES
 * @param {Awaited<ReturnType<typeof openBrowser>>} browser
 * @param {(line: string) => void} say
 */
export async function openAll(network, chosen, browser, say) {
  const participants = [];
  for (const id of chosen)
    for (const precision of ENGINES[id].precisions)
      for (const place of placesOf(id, browser)) {
        const label = `${ENGINES[id].title} ${precision}, ${place.name}`;
        try {
          const opened = await place.open(network, precision);
          participants.push({ id, precision, place: place.name, label, ...opened });
        } catch (error) {
          say(`${label}: skipped: ${error.message.split('\n')[0]}`);
        }
      }
  return participants;
}

/** Why an engine cannot run here, or undefined. */
export function obstacle(id, browser) {
  const { host } = ENGINES[id];
  if (host === 'page' && browser === undefined) return 'no chromium';
  if (host === 'python' && !existsSync(PYTHON)) return 'no Python environment (BENCH_PYTHON)';
  return undefined;
}

function placesOf(id, browser) {
  const { host, engine = id } = ENGINES[id];
  if (host === 'page')
    return [{ name: 'Chromium', open: (network, precision) => browser.open(engine, network, precision) }];
  if (host === 'python') {
    const script = join(HERE, `engines/${engine}.py`);
    return [{ name: 'Python', open: (...what) => openProcess(PYTHON, [script, engine, ...files(...what)]) }];
  }
  const script = join(HERE, 'process-host.mjs');
  return nodeRuntimes().map(({ name, path }) => ({
    name,
    open: (...what) => openProcess(path, [script, engine, ...files(...what)]),
  }));
}

const files = (network, precision) => [modelFolder(network), precision];

/** Versions of what runs, by title. */
export function versions(browser, participants) {
  const python = participants.find(({ id }) => id === 'tflite');
  return Object.fromEntries([
    ...Object.values(ENGINES)
      .filter(({ package: folder }) => folder !== undefined)
      .map(({ title, package: folder }) => [title, versionOf(folder)]),
    ...(python ? [['TensorFlow Lite (native)', `${python.version}, ${python.runtime}`]] : []),
    ...nodeRuntimes().map(({ version }) => [`Node ${version.split('.')[0]}`, version]),
    ...(browser ? [['Chromium', browser.version.replace('Chromium ', '')]] : []),
  ]);
}
