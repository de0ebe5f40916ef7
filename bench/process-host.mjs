// One engine with one network in a process of its own: node process-host.mjs ENGINE FOLDER PRECISION
// Says its first answer, then for each line {"runs": N} that it reads the times of N runs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { modelOf, turn } from './turn.mjs';

const [engine, folder, precision] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const { load } = await import(`./engines/${engine}.mjs`);
const model = await modelOf(
  precision,
  (file) => readFile(join(folder, file)),
  () => readFile(new URL('../dist/kernels/plain.wasm', import.meta.url)),
);
const session = await load(model);
say({ output: Array.from(await session.run()), runtime: `Node.js ${process.version}` });
for await (const line of createInterface({ input: process.stdin }))
  say({ times: await turn(session, JSON.parse(line).runs) });
