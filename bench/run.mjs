// Measures, keeps the numbers in results.json and writes docs/performance.md. See README.md.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareEngines } from './compare.mjs';
import { obstacle } from './engines.mjs';
import { HERE, machine, modelFolder, QPANN } from './environment.mjs';
import { ENGINES, NETWORKS } from './networks.mjs';
import { openBrowser } from './pages.mjs';
import { writeReport } from './report.mjs';
import { measureWhole } from './whole.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: [...Object.keys(NETWORKS), 'whole'].join() },
    engines: { type: 'string', default: Object.keys(ENGINES).join() },
    rounds: { type: 'string' },
  },
});
const say = (line) => console.log(line);
const rounds = Number(values.rounds ?? (values.quick ? 2 : 50));
const parts = listed('only', values.only, [...Object.keys(NETWORKS), 'whole']);
const engines = listed('engines', values.engines, Object.keys(ENGINES));
const networks = parts.filter((part) => part !== 'whole');

if (!existsSync(QPANN)) fail('QPANN is not built: npm ci in the folder above');
const browser = engines.some((id) => ENGINES[id].host === 'page') ? await openBrowser() : undefined;
const able = engines.filter((id) => {
  const reason = obstacle(id, browser);
  if (reason !== undefined) say(`${id}: skipped: ${reason}`);
  return reason === undefined;
});
const results = { date: new Date().toISOString().slice(0, 10), rounds, machine: machine(), networks: [] };
try {
  for (const network of networks)
    if (existsSync(join(modelFolder(network), 'info.json'))) {
      results.networks.push(await compareEngines(network, able, browser, rounds, say));
      save();
    } else say(`${network}: skipped: not made (npm run models)`);
} finally {
  await browser?.close();
}
if (parts.includes('whole')) results.whole = await measureWhole(values.quick, say);
save();
if (values.quick)
  say('a quick run: results.json is written, docs/performance.md is not (npm run report would)');
else say(`${writeReport(results)} is written`);

function save() {
  writeFileSync(join(HERE, 'results.json'), `${JSON.stringify(results)}\n`);
}

function listed(option, list, known) {
  const names = list.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`--${option}: ${unknown} is none of ${known.join(', ')}`);
  return names;
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
