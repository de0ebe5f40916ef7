import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HERE } from './environment.mjs';
import { ENGINES, GOALS, NETWORKS } from './networks.mjs';
import { fixed, table } from './report-text.mjs';
import { reportWhole } from './report-whole.mjs';
import { median, ratioOf } from './statistics.mjs';

/** Where goals count. */
const COUNTED = 'Node 24';

/**
 * Writes docs/performance.md: report.md with the numbers in it.
 * @returns {string} the path
 */
export function writeReport(results) {
  const places = nodePlaces(results);
  const counted = places.includes(COUNTED) ? COUNTED : places[0];
  const parts = {
    setup: setup(results),
    rounds: String(results.rounds),
    counted,
    goals: goals(results, counted, [...places, 'Chromium']),
    times: perNetwork(results, times),
    ratios: perNetwork(results, (network) => ratios(network, [...places, 'Chromium'])),
    answers: perNetwork(results, answers),
    ...reportWhole(results.whole, counted),
  };
  const template = readFileSync(join(HERE, 'report.md'), 'utf8');
  const path = 'docs/performance.md';
  writeFileSync(
    join(HERE, '..', path),
    template.replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name] ?? '(not measured)'),
  );
  return path;
}

function setup({ date, machine, networks }) {
  const { processor, megahertz, cores, memoryGiB, vector } = machine;
  const versions = Object.assign({}, ...networks.map(({ versions: some }) => some));
  return table(
    ['', ''],
    [
      ['date', date],
      ['processor', `${processor}, ${fixed(megahertz / 1000, 1)} GHz, ${cores} cores; ${vector.join(', ')}`],
      ['memory', `${memoryGiB} GiB`],
      ...Object.entries(versions),
    ],
  );
}

/** Node 24 first, where it is there. */
function nodePlaces({ networks, whole }) {
  const names = new Set([
    ...networks.flatMap(({ results }) => results.map(({ place }) => place)),
    ...Object.keys(whole?.byRuntime ?? {}),
  ]);
  return [...names]
    .filter((name) => name.startsWith('Node'))
    .sort()
    .reverse();
}

/** A peer in the same place, or in the only one that it has. */
function peerOf({ results }, id, precision, place) {
  const found = results.filter((result) => result.id === id && result.precision === precision);
  return found.find((result) => result.place === place) ?? (found.length === 1 ? found[0] : undefined);
}

const ownOf = ({ results }, precision, place) =>
  results.find(
    (result) => result.id.startsWith('qpann') && result.precision === precision && result.place === place,
  );

/** QPANN's time over a peer's; undefined where one of them did not run, and in Chromium for peers of other places. */
function ratio(network, { precision, peer, peerPrecision = precision }, place) {
  const own = ownOf(network, precision, place);
  const other = peerOf(network, peer, peerPrecision, place);
  if (own === undefined || other === undefined || (place === 'Chromium' && other.place !== place))
    return undefined;
  return ratioOf(own.times, other.times);
}

const ratioText = (value) =>
  value === undefined ? '–' : `${fixed(value.ratio, 2)} (${fixed(value.low, 2)}–${fixed(value.high, 2)})`;

function goals({ networks }, counted, places) {
  const rows = GOALS.flatMap((goal) => {
    const network = networks.find(({ network: name }) => name === goal.network);
    if (network === undefined) return [];
    const value = ratio(network, goal, counted);
    const met = value === undefined ? '–' : value.ratio <= goal.limit ? 'met' : '**not met**';
    const peer = `${ENGINES[goal.peer].title} ${goal.peerPrecision ?? goal.precision}`;
    const limit = goal.limit === 1 ? 'ahead' : `≤ ${fixed(goal.limit, 2)}`;
    const measured = places.map((place) => ratioText(ratio(network, goal, place)));
    return [[`${titleOf(goal.network)} ${goal.precision}`, peer, limit, met, ...measured]];
  });
  return table(['QPANN', 'beside', 'goal', '', ...places], rows);
}

const titleOf = (network) => NETWORKS[network].title.replace(/,.*/, '');

const perNetwork = ({ networks }, write) =>
  networks.length === 0
    ? undefined
    : networks.map((network) => `### ${NETWORKS[network.network].title}\n\n${write(network)}`).join('\n\n');

function times({ results }) {
  const rows = [...new Set(results.map(labelOf))].map((label) => [
    label,
    ...['float32', 'int8'].map((precision) => {
      const found = results.find((result) => labelOf(result) === label && result.precision === precision);
      return found === undefined ? '–' : fixed(median(found.times.flat()), 2);
    }),
  ]);
  return table(['ms', 'float32', 'int8'], rows);
}

const labelOf = ({ id, place }) => `${ENGINES[id].title}, ${place}`;

function ratios(network, places) {
  const peers = Object.keys(ENGINES).filter((id) => !id.startsWith('qpann'));
  const rows = ['float32', 'int8'].flatMap((precision) =>
    peers.flatMap((peer) => {
      const cells = places.map((place) => ratioText(ratio(network, { precision, peer }, place)));
      return cells.every((cell) => cell === '–') ? [] : [[precision, ENGINES[peer].title, ...cells]];
    }),
  );
  return table(['', 'QPANN beside', ...places], rows);
}

/** Places with the same answer share a row. */
function answers({ results }) {
  const rows = new Map();
  for (const { id, precision, place, first, probability, difference } of results) {
    const written = difference === null ? '–' : difference === 0 ? '0' : difference.toExponential(1);
    const cells = [ENGINES[id].title, precision, `${first} (${fixed(probability, 4)})`, written];
    const places = rows.get(String(cells))?.places ?? [];
    rows.set(String(cells), { cells, places: [...places, place] });
  }
  return table(
    ['engine', '', 'class', 'difference', 'on'],
    [...rows.values()].map(({ cells, places }) => [...cells, places.join(', ')]),
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(`${writeReport(JSON.parse(readFileSync(join(HERE, 'results.json'), 'utf8')))} is written`);
