import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAll, versions } from './engines.mjs';
import { modelFolder } from './environment.mjs';
import { NETWORKS } from './networks.mjs';
import { argMax, largestDifference, median } from './statistics.mjs';

/** Engines whose int8 networks give integers; the others quantize and dequantize in the network. */
const INTEGERS = ['qpann', 'qpann-page', 'tflite'];

/** Milliseconds of runs before anything is counted: compilers of JavaScript and WebAssembly work in steps. */
const WARM_UP = 2000;

/** How far an answer, a probability, may be from QPANN's: what is wrong is not timed. Each converter calibrates int8 in its own way. */
const TOLERANCE = { float32: 1e-4, int8: 0.2 };

/**
 * One network: every engine answers once, then they take turns, so that what disturbs the machine disturbs all.
 * Only one of them runs at any time.
 */
export async function compareEngines(network, chosen, browser, rounds, say) {
  const opened = await openAll(network, chosen, browser, say);
  try {
    const answered = compareAnswers(network, opened);
    const participants = answered.filter(({ label, precision, difference }) => {
      const agrees = difference === null || difference <= TOLERANCE[precision];
      if (!agrees) say(`${label}: left out: its answer differs from QPANN's by ${difference}`);
      return agrees;
    });
    const { runs } = NETWORKS[network];
    for (const { turn } of participants) await warmUp(turn, rounds < 3 ? 0 : WARM_UP);
    const times = participants.map(() => []);
    for (let round = 0; round < rounds; round++) {
      const order = [...participants.keys()];
      if (round % 2 === 1) order.reverse();
      for (const i of order) {
        await participants[i].turn(1);
        times[i].push(await participants[i].turn(runs));
      }
      if ((round + 1) % 10 === 0) say(`${network}: ${round + 1} of ${rounds} rounds`);
    }
    const results = participants.map(({ id, precision, place, first, probability, difference }, i) => ({
      id,
      precision,
      place,
      first,
      probability,
      difference,
      times: times[i],
    }));
    say(NETWORKS[network].title);
    for (const [i, { label }] of participants.entries())
      say(`  ${median(times[i].flat()).toFixed(3).padStart(9)} ms  ${label}`);
    return { network, results, versions: versions(browser, participants) };
  } finally {
    for (const { close } of opened) await close();
  }
}

async function warmUp(turn, milliseconds) {
  for (const start = performance.now(); ; ) {
    await turn(5);
    if (performance.now() - start >= milliseconds) return;
  }
}

/** Every answer beside QPANN's in the same precision (the first participant's), as real numbers. */
function compareAnswers(network, participants) {
  const { scale, zeroPoint } = JSON.parse(readFileSync(join(modelFolder(network), 'info.json'), 'utf8'));
  const real = ({ id, precision, output }) =>
    precision === 'int8' && INTEGERS.includes(id) ? output.map((q) => scale * (q - zeroPoint)) : output;
  const own = (precision) =>
    participants.find((other) => other.id.startsWith('qpann') && other.precision === precision);
  return participants.map((participant) => {
    const values = real(participant);
    const reference = own(participant.precision);
    return {
      ...participant,
      first: argMax(values),
      probability: Math.max(...values),
      difference: reference === undefined ? null : largestDifference(values, real(reference)),
    };
  });
}
